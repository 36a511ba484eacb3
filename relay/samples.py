"""Realistic webhooks about invented people, made fresh, signed like the provider's own, and sent.

A sample is two files in ``resources/samples/FOLDER/``: ``NAME.json``, a body as the provider sends
it, and ``NAME.toml``, which says what has to be new each time: the event's id and its times. A
sample is about the same case each time, so that what opens it and what closes it fit together; of
many sent in one go, each but the first is about a case of its own. Where there is none, the least
that the provider's row of the table asks for is made.
"""

import asyncio
import difflib
import itertools
import time
import tomllib
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import msgspec

from relay.errors import ConfigError
from relay.keypairs import find_private
from relay.kinds import MAX_PORT
from relay.renewal import Identity, Moment, renew
from relay.resources import resource
from relay.schemes.pipeline import Unsigned
from relay.schemes.prepared import Prepared
from relay.source import Source
from relay.specimen import Specimen, Wanted
from relay.specimen import make as make_specimen

FOLDER = resource("samples")

AT_ONCE = 8
"""Requests in flight. httpx slows down with each connection more; so it sends some 500 a second."""

ANSWER_SECONDS = 30.0
"""As long as the patient ones among the providers wait."""

Request = tuple[Mapping[str, str], bytes]
"""The headers and the body of a POST."""

Ready = Request | Specimen
"""What can be sent; a specimen says its method, path and query itself."""


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``NAME.toml`` says. ``type`` is the event's type as the relay reads it."""

    about: str
    provider: str
    type: str
    id: Identity
    headers: Mapping[str, str]
    times: Mapping[str, Moment]
    case: Mapping[str, str] = {}
    """Where the case's id stands, and how another one is written, with ``{hex}`` or ``{number}``."""
    indent: int = 0
    """Some providers send indented JSON, by so many blanks."""
    form: bool = False
    """The body goes out as a form of its fields, not as JSON."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One sample; ``body`` is as it stands in the file."""

    folder: str
    name: str
    card: Card
    body: bytes


def listed(root: Path = FOLDER) -> list[tuple[str, str]]:
    """Return folder and name of every sample, in order."""
    return sorted((file.parent.name, file.stem) for file in root.glob("*/*.json"))


def load(folder: str, name: str, root: Path = FOLDER) -> Sample:
    """Read a sample.

    Raises:
        ConfigError: there is none of that name; the nearest one is named.
    """
    known = listed(root)
    if (folder, name) not in known:
        raise ConfigError(f"{folder} {name}", "there is no such sample.", hint=_nearest(folder, name, known))
    place = root / folder / name
    card = msgspec.convert(tomllib.loads(place.with_suffix(".toml").read_text(encoding="utf-8")), Card)
    return Sample(folder=folder, name=name, card=card, body=place.with_suffix(".json").read_bytes())


def names_for(source: Source, root: Path = FOLDER) -> list[str]:
    """Return the names of the samples that a source can take."""
    return [sample.name for sample in _for_source(source, root)]


def _for_source(source: Source, root: Path) -> list[Sample]:
    """Return the samples in the folder of the source's name, else of its provider's name."""
    known = listed(root)
    folder = source.name if any(folder == source.name for folder, _ in known) else source.provider
    found = [load(where, name, root) for where, name in known if where == folder]
    return [sample for sample in found if sample.card.provider == source.provider]


def find(source: Source, name: str, root: Path = FOLDER) -> Sample:
    """Return a source's sample of that name.

    Raises:
        ConfigError: the source has none of that name; those that it has are named.
    """
    samples = {sample.name: sample for sample in _for_source(source, root)}
    if name in samples:
        return samples[name]
    close = difflib.get_close_matches(name, samples, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"There is: {', '.join(samples) or 'none'}."
    raise ConfigError(f"{source.name} {name}", f"the source {source.name} has no such sample.", hint=hint)


def fresh(sample: Sample, now: float, new_id: str, *, another: bool = False) -> tuple[bytes, str]:
    """Return a body with current times and an id of its own, and the event's id; the rest is as in the file.

    ``now`` is in Unix seconds; ``new_id`` is the text of a UUID. ``another``: about a case of its own.
    """
    card, document = sample.card, msgspec.json.decode(sample.body)
    event_id = renew(document, card.id, card.times, card.case if another else {}, now=now, new_id=new_id)
    body = msgspec.json.encode(document)
    return (msgspec.json.format(body, indent=card.indent) if card.indent else body), event_id


def event_data(body: bytes) -> bytes:
    """Return what the event of a sample's body says: of a batch, its first item."""
    document = msgspec.json.decode(body)
    return msgspec.json.encode(document[0]) if isinstance(document, list) else body


def request(
    sample: Sample,
    prepared: Prepared,
    now: float,
    new_id: str,
    *,
    another: bool = False,
    target: bytes = b"/",
) -> Request:
    """Return the headers and body of a fresh request, signed as the source's provider would.

    ``target`` is path and query of where it goes to: some providers sign them.
    """
    body, event_id = fresh(sample, now, new_id, another=another)
    if sample.card.form:
        body = urlencode(msgspec.json.decode(body)).encode()
    unsigned = Unsigned(
        body=body, id=event_id, type=sample.card.type, now=now, source=prepared.source, target=target
    )
    # Some have no key: they prove only that they know the URL.
    signed = prepared.signed(unsigned, None if prepared.keys else b"")
    return {**sample.card.headers, **signed.headers}, body if signed.body is None else signed.body


def send(
    prepared: Prepared,
    name: str,
    url: str,
    *,
    count: int,
    rate: float,
    on_result: Callable[[str], None] | None = None,
    clock: Callable[[], float] = time.time,
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
) -> Counter[str]:
    """Send a sample ``count`` times, each with its own id, and return how often each answer came.

    If the source has no sample of that name or of one like it, ``name`` is the type of an event.

    Raises:
        ConfigError: the name is misspelt, nobody but the provider can sign, or nothing answers at ``url``.
    """
    make = maker(prepared, name, url, clock=clock, new_id=new_id)
    return asyncio.run(
        post(
            with_token(url, prepared),
            make,
            count=count,
            rate=rate,
            clock=time.monotonic,
            on_result=on_result,
        )
    )


def maker(
    prepared: Prepared, name: str, url: str, *, clock: Callable[[], float], new_id: Callable[[], str]
) -> Callable[[], Ready]:
    """Return a function that makes a fresh request for ``url`` of a sample, or else of an event's type.

    Raises:
        ConfigError: the name is like that of a sample, but isn't one.
    """
    names, target = names_for(prepared.source), _address(with_token(url, prepared)).raw_path
    # A dot is in many types of events, charge.refunded for one, and in no sample's name.
    if name in names or ("." not in name and difflib.get_close_matches(name, names, n=1)):
        sample, sent = find(prepared.source, name), itertools.count()
        return lambda: request(sample, prepared, clock(), new_id(), another=next(sent) > 0, target=target)
    key = private_key(prepared)

    def made() -> Ready:
        wanted = Wanted(type=name, id=new_id(), now=clock(), target=target)
        return make_specimen(prepared, wanted, key)

    return made


def private_key(prepared: Prepared) -> object | None:
    """Return the private key that is kept beside the newest secret for trying, None if there is none.

    Raises:
        ConfigError: what is kept there is no key.
    """
    return find_private(prepared.source.secrets[-1].origin) if prepared.source.secrets else None


def with_token(url: str, prepared: Prepared) -> str:
    """Return the address with the token that the source's URL has to end with, if it has one."""
    token = prepared.source.url_token
    if token is None or "token=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}token={quote(token.reveal(), safe='')}"


async def post(
    url: str,
    make: Callable[[], Ready],
    *,
    count: int,
    rate: float,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    on_result: Callable[[str], None] | None = None,
) -> Counter[str]:
    """Send ``count`` requests, ``rate`` a second if the relay keeps up; return how often each answer came.

    An answer is a status such as ``200``, or what went wrong on the way; ``on_result`` is told each
    as it comes. ``clock`` is monotonic. A request is made, and so signed, when it is its turn.

    Raises:
        ConfigError: the address is no address, or nothing answers the first request.
    """
    answers: Counter[str] = Counter()

    def note(answer: str) -> None:
        answers[answer] += 1
        if on_result:
            on_result(answer)

    async def one(client: httpx.AsyncClient, places: asyncio.Semaphore) -> None:
        try:
            note(await _send(client, url, make()))
        finally:
            places.release()

    async with _client(url) as client:
        begin, places = clock(), asyncio.Semaphore(AT_ONCE)
        note(await _first(client, url, make()))
        async with asyncio.TaskGroup() as group:
            for number in range(1, count):
                await sleep(max(begin + number / rate - clock(), 0.0))
                await places.acquire()
                group.create_task(one(client, places), name="simulated webhook")
    return answers


def _client(url: str) -> httpx.AsyncClient:
    address = _address(url)
    in_range = address.port is None or 0 < address.port <= MAX_PORT
    if address.scheme not in {"http", "https"} or not address.host or not in_range:
        raise ConfigError("--url", f"{url} is no address such as http://127.0.0.1:8787/hooks/stripe.")
    # A proxy from the environment is for the way out; a relay on this machine is not behind it.
    local = address.host in {"127.0.0.1", "::1", "localhost"}
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    return httpx.AsyncClient(timeout=ANSWER_SECONDS, limits=limits, trust_env=not local)


def _address(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ConfigError("--url", f"{url} is no address: {error}.") from None


async def _first(client: httpx.AsyncClient, url: str, ready: Ready) -> str:
    """Send the first request; if nobody is there, sending the others would not help."""
    try:
        return await _status(client, url, ready)
    except httpx.TransportError as error:
        problem = f"nothing answers at {url}: {_reason(error)}."
        raise ConfigError(
            "--url", problem, hint="Is the relay running? Start it: deskbell-relay serve"
        ) from None


async def _send(client: httpx.AsyncClient, url: str, ready: Ready) -> str:
    try:
        return await _status(client, url, ready)
    except httpx.TransportError as error:
        return f"no answer: {_reason(error)}"


async def _status(client: httpx.AsyncClient, url: str, ready: Ready) -> str:
    if isinstance(ready, Specimen):
        address = httpx.URL(url).copy_with(raw_path=ready.target)
        response = await client.request(ready.method, address, content=ready.body, headers=ready.headers)
    else:
        headers, body = ready
        response = await client.post(url, content=body, headers=headers)
    return str(response.status_code)


def _reason(error: httpx.TransportError) -> str:
    """Return what went wrong; a refusal, the commonest, stands only at the bottom of the chain of causes."""
    if isinstance(error, httpx.TimeoutException):
        return f"no answer within {ANSWER_SECONDS:g} seconds"
    cause: BaseException = error
    while below := cause.__cause__ or cause.__context__:
        cause = below
    if isinstance(cause, ConnectionRefusedError):
        return "the connection was refused"
    return str(error).rstrip(".") or type(error).__name__


def _nearest(folder: str, name: str, known: list[tuple[str, str]]) -> str:
    words = [" ".join(pair) for pair in known]
    close = difflib.get_close_matches(f"{folder} {name}", words, n=1)
    return f"Did you mean {close[0]}?" if close else f"There are: {', '.join(words)}."
