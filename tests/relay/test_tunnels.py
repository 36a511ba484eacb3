"""Knocking from outside: through an honest proxy, through ones that meddle, and where nothing is."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from relay import tunnels
from relay.errors import ConfigError
from relay.intake import Intake
from relay.journal.sqlite import SqliteJournal
from relay.refusal_buffer import RefusalBuffer
from relay.refusals import Refusal
from relay.schemes.prepared import check_source
from relay.source import Secret, Source
from relay.tunnels import BODY, QUERY, Probe, Report, check, compare
from tests.relay_process import RelayProcess

NOW = 1_790_000_000.0
SOURCE = Source(name="parcel", provider="stripe", secrets=(Secret("key"),))

Serve = Callable[..., int]


class Proxy:
    """A reverse proxy that hands requests on, changed as ``change`` says, and adds what proxies add."""

    def __init__(self, to: str, change: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
        self._to, self._change = to, change

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand one request on."""
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        query = scope["query_string"]
        asked = {
            "method": scope["method"],
            "target": scope["raw_path"] + (b"?" + query if query else b""),
            "headers": [
                *scope["headers"],
                (b"x-forwarded-for", b"203.0.113.7"),
                (b"x-forwarded-proto", b"https"),
            ],
            "content": body,
        }
        self._change(asked)
        url = httpx.URL(self._to).copy_with(raw_path=asked.pop("target"))
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.request(url=url, **asked)
        headers = [
            (b"content-type", answer.headers.get("content-type", "text/plain").encode()),
            (b"server", b"Honest"),
        ]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": answer.content})


def knock(process: RelayProcess, url: str, source: Source = SOURCE) -> Report:
    """Check an address beside a relay that runs."""

    async def work() -> Report:
        async with process.journal() as journal:
            return await check(url, source, journal)

    return asyncio.run(work())


def test_a_relay_without_a_proxy_is_reached(relay_process: RelayProcess) -> None:
    """Straight to the relay: everything arrives as it was sent."""
    relay_process.start()
    report = knock(relay_process, relay_process.url)
    page = "\n".join(report.lines)
    assert report.reached, page
    assert "the relay answers" in page
    assert "refuses a stranger with 401" in page
    assert "with its query as it was sent" in page
    assert "to the last byte" in page
    assert "headers added  none" in page
    assert "headers lost   none" in page


def meddle(asked: dict[str, Any]) -> None:
    """Tidy up whatever a proxy could tidy up."""
    asked["content"] = asked["content"].replace(b"\r\n", b"\n")
    asked["target"] = asked["target"].replace(b"?a=%7E%2fb&", b"?%61=~/b&b&")
    asked["headers"] = [
        (name, value) for name, value in asked["headers"] if name not in {b"x-probe-time", b"content-length"}
    ]


def test_what_proxies_do_is_told(relay_process: RelayProcess, serve: Serve) -> None:
    """A proxy that hands on faithfully, one behind a prefix, and one that meddles."""
    relay_process.start()
    plain = serve(Proxy(relay_process.url), server_header=False)
    page = "\n".join(knock(relay_process, f"http://127.0.0.1:{plain}").lines)
    assert "through Honest" in page
    assert "x-forwarded-for 203.0.113.7" in page
    assert "trusted_proxies" in page
    assert "headers added  x-forwarded-for, x-forwarded-proto" in page

    def strip(asked: dict[str, Any]) -> None:
        asked["target"] = asked["target"].removeprefix(b"/deskbell")

    prefixed = serve(Proxy(relay_process.url, strip))
    assert knock(relay_process, f"http://127.0.0.1:{prefixed}/deskbell/").reached
    meddling = serve(Proxy(relay_process.url, meddle))
    page = "\n".join(knock(relay_process, f"http://127.0.0.1:{meddling}").lines)
    assert "CHANGED on the way" in page
    assert "query was rewritten" in page
    assert "headers lost   x-probe-time" in page


class Page:
    """A server that answers everything alike."""

    def __init__(self, status: int, body: bytes = b"", *headers: tuple[bytes, bytes]) -> None:
        self._start = {"type": "http.response.start", "status": status, "headers": list(headers)}
        self._body = body

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer."""
        await send(self._start)
        await send({"type": "http.response.body", "body": self._body})


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(502), "a proxy answers 502"),
        (Page(403), "something in front answers 403"),
        (Page(200, b"<html>", (b"content-type", b"text/html")), "a web page answers"),
        (Page(404), "answers 404"),
        (
            Page(301, b"", (b"location", b"https://www.example.com/livez")),
            "redirects to https://www.example.com/livez",
        ),
    ],
)
def test_what_is_not_the_relay_is_told_from_it(tmp_path: Path, serve: Serve, page: Page, words: str) -> None:
    """A proxy without its relay, a login page, a tunnel's warning, another site, a redirect."""
    report = alone(tmp_path, f"http://127.0.0.1:{serve(page)}")
    assert (report.reached, words in "\n".join(report.lines)) == (False, True)


def alone(folder: Path, url: str, source: Source = SOURCE) -> Report:
    """Check an address with an empty journal."""

    async def work() -> Report:
        journal = await SqliteJournal.open(folder / "journal.db")
        try:
            return await check(url, source, journal, sleep=at_once)
        finally:
            await journal.close()

    return asyncio.run(work())


async def at_once(_: float) -> None:
    """Wait for nothing."""


def test_another_relay_is_not_taken_for_ours(relay_process: RelayProcess, tmp_path: Path) -> None:
    """What does not arrive in the configured journal was another relay's."""
    relay_process.start()
    report = alone(tmp_path / "other", relay_process.url)
    assert (report.reached, "another relay" in report.lines[-1]) == (False, True)


def test_a_source_that_is_not_there_is_told(relay_process: RelayProcess) -> None:
    """A source that the running relay does not know is 404."""
    relay_process.start()
    other = Source(name="nobody", provider="stripe", secrets=(Secret("key"),))

    async def work() -> Report:
        async with relay_process.journal() as journal:
            return await check(relay_process.url, other, journal, sleep=at_once)

    assert "answers 404" in "\n".join(asyncio.run(work()).lines)


@contextmanager
def closed_port() -> Iterator[int]:
    """Give a port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_where_nothing_is(tmp_path: Path) -> None:
    """Nothing listens, or the name does not exist: a sentence each."""
    with closed_port() as port:
        report = alone(tmp_path, f"http://127.0.0.1:{port}")
    assert (report.reached, "connection was refused" in report.lines[-1]) == (False, True)


@pytest.mark.parametrize(
    "url",
    ["", "hooks.example.com", "ftp://x", "https://", "https://x/?a=1", "https://[", "https://x:99999999"],
)
def test_a_bad_address_is_named(tmp_path: Path, url: str) -> None:
    """What is no address is called that, before anything is sent."""
    with pytest.raises(ConfigError, match="URL"):
        alone(tmp_path, url)


def test_another_public_url_is_pointed_out(tmp_path: Path) -> None:
    """If the configuration has another address than providers use, signatures of the URL can't fit."""
    source = Source(
        name="parcel", provider="stripe", secrets=(Secret("key"),), public_url="https://a.example.com"
    )
    with closed_port() as port:
        page = "\n".join(alone(tmp_path, f"http://127.0.0.1:{port}", source).lines)
    assert "public_url of parcel is https://a.example.com" in page


def test_a_rewritten_path_is_told() -> None:
    """A path that arrives as another, and a body that was not read, are told."""
    probe = Probe(nonce="n", path="/hooks/parcel", headers=("host",))
    seen = Refusal(
        source="parcel", at=NOW, reason="AddressRefused", detail="", peer="10.0.0.1", target="/other?a=1"
    )
    page = "\n".join(compare(probe, seen))
    assert "/other, not /hooks/parcel" in page
    assert "was not read" in page


def test_the_probe_leaves_nothing_that_could_be_used(serve: Serve, tmp_path: Path) -> None:
    """The relay tells the prober what it tells any stranger: one constant answer."""

    async def work() -> None:
        journal = await SqliteJournal.open(tmp_path / "journal.db")
        buffer = RefusalBuffer(journal.keep_refusals, keep=5)
        door = Intake(
            sources={"parcel": check_source(SOURCE)},
            append=journal.append,
            clock=lambda: NOW,
            log=Silent(),
            refusals=buffer,
        )
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=door), base_url="http://relay"
        ) as client:
            answers = [
                await client.post(f"/hooks/parcel?{query}", content=body, headers=headers)
                for query, body, headers in ((QUERY, BODY, {"user-agent": tunnels.AGENT}), ("", b"x", {}))
            ]
        assert answers[0].content == answers[1].content
        assert answers[0].status_code == answers[1].status_code == 401
        await buffer.flush()
        assert len(await journal.refusals(limit=9)) == 2
        await journal.close()

    asyncio.run(work())


class Silent:
    """A log that nobody reads."""

    def info(self, event: str, **fields: Any) -> None:
        """Say nothing."""

    warning = error = info
