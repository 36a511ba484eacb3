"""Samples are fresh, private, signed as the provider would, and sent at a pace."""

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from relay.errors import ConfigError
from relay.event import Delivery
from relay.samples import (
    FOLDER,
    Request,
    event_data,
    find,
    fresh,
    listed,
    load,
    names_for,
    post,
    request,
    send,
)
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source
from relay.verify import verify

NOW = 1_790_000_000.0
UUID = "0f8b5d5e-0a54-4c0e-9f43-6f0f2f3c7a11"
HEX = UUID.replace("-", "")
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
RECIPE = {"header": "X-Parcel-Signature", "id": "body:event_id", "type": "body:event"}
SOURCES = {
    "stripe": Source(name="stripe", provider="stripe", secrets=(Secret(WHSEC),)),
    "github": Source(name="github", provider="github", secrets=(Secret("It's a Secret"),)),
    "airline": Source(name="airline", provider="standard-webhooks", secrets=(Secret(WHSEC),)),
    "parcel": Source(name="parcel", provider="generic-hmac", secrets=(Secret("hush"),), recipe=RECIPE),
    "reminders": Source(name="reminders", provider="standard-webhooks", secrets=(Secret(WHSEC),)),
    "shopify": Source(name="shopify", provider="shopify", secrets=(Secret("hush"),)),
    "easypost": Source(name="easypost", provider="easypost", secrets=(Secret("hush"),)),
    "aftership": Source(name="aftership", provider="aftership", secrets=(Secret("hush"),)),
    "duffel": Source(name="duffel", provider="duffel", secrets=(Secret("hush"),)),
    "hubspot": Source(
        name="hubspot",
        provider="hubspot-v3",
        secrets=(Secret("hush"),),
        public_url="https://hooks.example.com",
    ),
    "salesforce": Source(
        name="salesforce",
        provider="salesforce",
        secrets=(),
        url_token=Secret("hush"),
        options={"organization_id": "00D5g00000BqXfEEAV"},
    ),
    "zoho": Source(name="zoho", provider="zoho-crm", secrets=(Secret("hush"),)),
    "zendesk": Source(name="zendesk", provider="zendesk", secrets=(Secret("hush"),)),
    "freshdesk": Source(
        name="freshdesk", provider="freshdesk", secrets=(Secret("hush"),), options={"header": "X-Key"}
    ),
    "intercom": Source(name="intercom", provider="intercom", secrets=(Secret("hush"),)),
    "aircall": Source(name="aircall", provider="aircall", secrets=(Secret("hush"),)),
    "twilio": Source(
        name="twilio", provider="twilio", secrets=(Secret("hush"),), public_url="https://hooks.example.com"
    ),
    "x": Source(name="x", provider="x-twitter", secrets=(Secret("hush"),)),
    "inhouse": Source(name="inhouse", provider="standard-webhooks", secrets=(Secret(WHSEC),)),
}
DAY = 86_400
CASES = [("stripe", "payment_failed", "data.object.id"), ("shopify", "return_requested", "order.id")]
# Who is linked to besides example.com: where the providers show things, and where carriers do.
HOSTS = (
    "github.com",
    "githubusercontent.com",
    "stripe.com",
    "ups.com",
    "dhl.de",
    "easypost.com",
    "aftership.com",
    "zohoapis.eu",
    "zendesk.com",
    "freshdesk.com",
    "aircall.io",
    "x.com",
)
ALL = [pytest.param(*pair, id="/".join(pair)) for pair in listed()]


def prepared(folder: str) -> Prepared:
    return check_source(SOURCES[folder])


def paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of a document with its path."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, dict | list):
        yield path, value
    for name, item in pairs:
        yield from paths(item, f"{path}.{name}" if path else str(name))


def test_there_are_samples() -> None:
    """Each sample has both of its files, and each folder of samples a source here."""
    assert ("stripe", "payment_failed") in listed()
    assert sorted((file.parent.name, file.stem) for file in FOLDER.glob("*/*.toml")) == listed()
    assert {folder for folder, _ in listed()} == set(SOURCES)


@pytest.mark.parametrize(("folder", "name"), ALL)
def test_a_sample_verifies_as_its_providers_own(folder: str, name: str) -> None:
    """Verification accepts the signed sample, and reads the id and type that the sample declares."""
    sample = load(folder, name)
    headers, body = request(sample, prepared(folder), NOW, UUID)
    raw = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    delivery = Delivery(source=folder, method="POST", headers=raw, body=body, received_at=NOW)
    (event,) = verify(delivery, prepared(folder), NOW)
    assert event.problem is None
    assert event.type == sample.card.type
    named = fresh(sample, NOW, UUID)[1]
    assert event.id == named or (not named and event.id.startswith(f"{NOW:.6f}-"))
    # What playbooks are given, whether it came as JSON, form or SOAP, and without the token in it.
    assert json.loads(event.data) == json.loads(event_data(fresh(sample, NOW, UUID)[0]))


@pytest.mark.parametrize(("folder", "name"), ALL)
def test_only_the_declared_fields_are_new(folder: str, name: str) -> None:
    """A fresh body differs from the file in its id and times, and nowhere else."""
    sample = load(folder, name)
    old = dict(paths(json.loads(sample.body)))
    new = dict(paths(json.loads(fresh(sample, NOW, UUID)[0])))
    changed = {path for path in old | new if old.get(path) != new.get(path)}
    assert list(old) == list(new)
    assert changed == set(sample.card.times) | ({sample.card.id.path} - {""})


def seconds(value: object) -> float:
    text = str(value)
    if text.isdecimal():
        return int(text) / (1000 if len(text) > 11 else 1)
    if text[0].isalpha():
        form = "%a, %d %b %Y %H:%M:%S %z" if "," in text else "%a %b %d %H:%M:%S %z %Y"
        return datetime.strptime(text, form).astimezone(UTC).timestamp()
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@pytest.mark.parametrize(("folder", "name"), ALL)
def test_times_keep_their_form_and_their_distance(folder: str, name: str) -> None:
    """Times are moved to now, in the spelling of the file, within minutes of the distances that the file has."""
    sample = load(folder, name)
    old = dict(paths(json.loads(sample.body)))
    new = dict(paths(json.loads(fresh(sample, NOW, UUID)[0])))

    if not sample.card.times:
        return  # Shopify's body of a return has no time in it
    origin = min(sample.card.times, key=lambda path: abs(sample.card.times[path].after))
    for path, moment in sample.card.times.items():
        shape = re.compile(r"\d|[A-Z][a-z]{2}")
        assert shape.sub("0", str(new[path])) == shape.sub("0", str(old[path]))
        then, now = seconds(old[path]) - seconds(old[origin]), seconds(new[path]) - seconds(new[origin])
        assert now == pytest.approx(then, abs=DAY if moment.step == DAY else 900)
    assert seconds(new[origin]) == pytest.approx(NOW, abs=1)


@pytest.mark.parametrize(("folder", "name", "path"), CASES)
def test_another_case_has_another_id(folder: str, name: str, path: str) -> None:
    """A sample is about the case in its file, or about one of its own, with an id of the same form."""
    sample = load(folder, name)

    def case(**how: bool) -> object:
        return dict(paths(json.loads(fresh(sample, NOW, UUID, **how)[0])))[path]

    assert case() == dict(paths(json.loads(sample.body)))[path]
    assert case(another=True) != case()
    assert type(case(another=True)) is type(case())
    assert str(case(another=True))[:2] == str(case())[:2] or isinstance(case(), int)


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    """A mistake in a sample is told rather than sent."""
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "hello.json").write_text('{"at": "yesterday"}')
    (tmp_path / "desk" / "hello.toml").write_text(
        'about = "x"\nprovider = "stripe"\ntype = "t"\n[id]\npattern = "k"\n[headers]\n[times]\nat = {}\n'
    )
    with pytest.raises(ValueError, match="is no time"):
        fresh(load("desk", "hello", tmp_path), 100.0, "7")


def test_ids_are_new_each_time() -> None:
    """Two fresh bodies have two ids, in the body as in what is returned."""
    sample = load("stripe", "payment_failed")
    first, second = fresh(sample, NOW, UUID), fresh(sample, NOW, UUID.replace("0f", "1f"))
    assert first[1] == f"evt_{HEX}" == json.loads(first[0])["id"]
    assert first[1] != second[1]


@pytest.mark.parametrize(("folder", "name"), ALL)
def test_samples_are_about_nobody(folder: str, name: str) -> None:
    """Addresses are at example.com, phone numbers from ranges kept for fiction, GitHub names invented."""
    text = load(folder, name).body.decode()
    mails = set(re.findall(r"[\w.+-]+@([\w.-]+)", text)) - {"github.com"}  # the clone address git@github.com
    phones = [phone.replace(" ", "") for phone in re.findall(r'"(\+[\d ]{8,})"', text)]
    logins = set(re.findall(r'"login": "([^"]+)"', text))
    hosts = set(re.findall(r"https?://([^/\"]+)", text))
    assert mails <= {"example.com"}
    # 020 7946 0xxx: Ofcom's numbers for drama; 031 390 06 00 to 99: PTS's.
    assert all(phone.startswith(("+442079460", "+463139006")) for phone in phones)
    assert all(login.endswith("-example") for login in logins)
    assert all(host.endswith(("example.com", *HOSTS)) for host in hosts)


def test_a_source_finds_the_samples_of_its_name_or_its_provider() -> None:
    """A source named like a folder takes that one's samples, another its provider's."""
    shop = Source(name="shop-payments", provider="stripe", secrets=())
    assert names_for(shop) == [name for folder, name in listed() if folder == "stripe"]
    assert names_for(SOURCES["parcel"]) == ["delivered"]
    assert names_for(Source(name="parcel", provider="github", secrets=())) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [("payment_faild", "Did you mean payment_failed?"), ("zzz", "There is: charge_refunded, ")],
)
def test_a_misspelt_sample_is_named(name: str, hint: str) -> None:
    """A sample that isn't there is answered with the nearest, or with those that are."""
    with pytest.raises(ConfigError, match=re.escape(hint)):
        find(SOURCES["stripe"], name)
    with pytest.raises(ConfigError, match="Did you mean stripe payment_failed"):
        load("strip", "payment_failed")


def test_a_sample_folder_can_be_ones_own(tmp_path: Path) -> None:
    """Samples are data: a folder of another place works like the shipped one."""
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "hello.json").write_text('{"key": "a", "at": 5}')
    (tmp_path / "desk" / "hello.toml").write_text(
        'about = "x"\nprovider = "stripe"\ntype = "t"\n[id]\npath = "key"\npattern = "k-{uuid}"\n'
        "[headers]\n[times]\nat = { after = 60 }\n"
    )
    assert fresh(load("desk", "hello", tmp_path), 100.0, "7")[0] == b'{"key":"k-7","at":160}'


class Door:
    """A real HTTP server on a port of its own that keeps what it was sent."""

    def __init__(self) -> None:
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                door.got.append((dict(self.headers), body))
                self.send_response(door.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.status = 200
        self.got: list[tuple[Mapping[str, str], bytes]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/stripe"


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, name="door")
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_sending_delivers_each_with_its_own_id(door: Door) -> None:
    """So many requests are sent as were asked for, all different, and the answers are counted."""
    seen: list[str] = []
    answers = send(
        prepared("stripe"), "payment_failed", door.url, count=150, rate=10_000, on_result=seen.append
    )
    assert answers == {"200": 150}
    assert seen == ["200"] * 150
    assert len({json.loads(body)["id"] for _, body in door.got}) == 150
    assert len({json.loads(body)["data"]["object"]["id"] for _, body in door.got}) == 150
    assert all("Stripe-Signature" in {name.title() for name in headers} for headers, _ in door.got)


def test_refusals_are_counted_by_status(door: Door) -> None:
    """What the relay answers is what is counted."""
    door.status = 401
    assert send(prepared("stripe"), "payment_failed", door.url, count=3, rate=1000) == {"401": 3}


def test_the_pace_is_kept(door: Door) -> None:
    """Between requests the sender waits for the next one's turn, and does not wait after the last."""
    moment, waits = [0.0], []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        moment[0] += seconds
        await asyncio.sleep(0)

    def make() -> Request:
        return {}, b"{}"

    asyncio.run(post(door.url, make, count=4, rate=2.0, clock=lambda: moment[0], sleep=sleep))
    assert waits == [0.5, 0.5, 0.5]


def test_a_silent_address_is_named() -> None:
    """If nobody answers, the message names the address and asks whether the relay is running."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hooks/stripe"
    with pytest.raises(
        ConfigError, match=rf"nothing answers at {url}: the connection was refused\. Is the relay running\?"
    ):
        send(prepared("stripe"), "payment_failed", url, count=5, rate=1000)


@pytest.mark.parametrize(
    "url", ["relay:8787", "ftp://127.0.0.1/x", "http:///x", "http://127.0.0.1:x/", "http://127.0.0.1:99999/x"]
)
def test_a_bad_address_is_named(url: str) -> None:
    """What is no http address is said to be none."""
    with pytest.raises(ConfigError, match="address"):
        send(prepared("stripe"), "payment_failed", url, count=1, rate=1)


def test_a_relay_that_stops_on_the_way_is_counted() -> None:
    """If the relay goes away in the middle, the rest is counted as unanswered instead of stopping."""
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    server = socket.create_server(("127.0.0.1", 0))

    def answer_once() -> None:
        with server, server.accept()[0] as peer:
            got = b""
            while not got.endswith(b"\r\n\r\n{}"):
                got += peer.recv(65536)
            server.close()
            peer.sendall(reply)

    thread = threading.Thread(target=answer_once, name="answers once")
    thread.start()
    url = f"http://127.0.0.1:{server.getsockname()[1]}/"

    def make() -> Request:
        return {}, b"{}"

    answers = asyncio.run(post(url, make, count=3, rate=1000, clock=time.monotonic))
    thread.join()
    assert answers["200"] == 1
    assert sum(number for answer, number in answers.items() if answer.startswith("no answer: ")) == 2
