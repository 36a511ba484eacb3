"""What a request may have been before something on the way, or whoever set it up, changed it. Pure.

Each function yields what the provider may have signed, with a sentence that says what then happened.
"""

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote_to_bytes, urlencode, urlsplit

from relay.errors import SenderError
from relay.event import Delivery
from relay.inflate import coding, inflate
from relay.schemes.document import Unreadable, read_document
from relay.schemes.keys import base64_key, hex_key

UNPACKED_LIMIT = 8 * 1024 * 1024
"""Bytes of a body that is unpacked to have a look."""

MOST_READ = 1024 * 1024
"""Bytes of a body that is written anew in all the usual ways; of a larger one only the ends are looked at."""

BOM = b"\xef\xbb\xbf"

Variant = tuple[str, bytes]

_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})")
_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}")
_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def bodies(delivery: Delivery) -> Iterator[Variant]:
    """Yield what the body may have been, the cheap and frequent first, each once."""
    seen = {delivery.body}
    makers = [_ends, _unpacked, _line_ends]
    if len(delivery.body) <= MOST_READ:
        makers += [_escapes, _encodings, _forms, _documents]
    for sentence, body in itertools.chain.from_iterable(maker(delivery) for maker in makers):
        if body not in seen:
            seen.add(body)
            yield sentence, body


def _ends(delivery: Delivery) -> Iterator[Variant]:
    body = delivery.body
    yield "a line break at its end was taken away", body + b"\n"
    yield "a line break at its end was taken away", body + b"\r\n"
    yield "a line break was put at its end", body.removesuffix(b"\n").removesuffix(b"\r")
    yield "blanks or line breaks were put around it", body.strip()
    yield "a byte order mark was put before it", body.removeprefix(BOM)
    yield "the byte order mark before it was taken away", BOM + body


def _line_ends(delivery: Delivery) -> Iterator[Variant]:
    unix = delivery.body.replace(b"\r\n", b"\n")
    windows = unix.replace(b"\n", b"\r\n")
    for end in (b"", b"\n", b"\r\n"):
        yield "its line ends were changed from LF to CR LF", unix.rstrip(b"\n") + end
        yield "its line ends were changed from CR LF to LF", windows.rstrip(b"\r\n") + end


def _unpacked(delivery: Delivery) -> Iterator[Variant]:
    try:
        packed = coding(delivery.header_values(b"content-encoding"))
        if not packed and delivery.body.startswith(b"\x1f\x8b"):
            packed = b"gzip"
        if packed:
            yield (
                "it was packed after it had been signed, or is signed unpacked",
                inflate(delivery.body, packed, UNPACKED_LIMIT),
            )
    except SenderError:
        return


def _escapes(delivery: Delivery) -> Iterator[Variant]:
    body = delivery.body
    text = _text(body)
    if text is not None:
        for form in ("{:04x}", "{:04X}"):
            escaped = "".join(char if char.isascii() else _escaped(char, form) for char in text).encode()
            yield "its \\u escapes were turned into characters", escaped
            yield "its \\u escapes and \\/ were turned into characters", escaped.replace(b"/", b"\\/")
    yield "its characters were turned into \\u escapes", _unescaped(body)
    yield "its slashes were escaped", body.replace(b"\\/", b"/")
    yield "its escaped slashes were unescaped", body.replace(b"\\/", b"/").replace(b"/", b"\\/")


def _escaped(char: str, form: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(
        "\\u" + form.format(int.from_bytes(units[at : at + 2], "big")) for at in range(0, len(units), 2)
    )


def _unescaped(body: bytes) -> bytes:
    """Return the body with all escapes of characters outside ASCII as the characters themselves."""

    def one(match: re.Match[bytes]) -> bytes:
        units = b"".join(bytes.fromhex(found[1].decode()) for found in _ESCAPE.finditer(match[0]))
        text = units.decode("utf-16-be", "replace")
        return match[0] if text.isascii() or "\ufffd" in text else text.encode()

    return re.sub(rb"(?:\\u[0-9a-fA-F]{4})+", one, body)


def _encodings(delivery: Delivery) -> Iterator[Variant]:
    text = _text(delivery.body)
    if text is None:
        yield "it was re-encoded from UTF-8 to Latin-1", delivery.body.decode("latin-1").encode()
        return
    for name, shown in (("latin-1", "Latin-1"), ("cp1252", "Windows-1252")):
        try:
            yield f"its UTF-8 was read as {shown} and encoded a second time", text.encode(name)
        except UnicodeEncodeError:
            continue
    yield "it was re-encoded from UTF-16", text.encode("utf-16")


def _forms(delivery: Delivery) -> Iterator[Variant]:
    body = delivery.body
    kind = b"".join(delivery.header_values(b"content-type")[:1]).lower()
    if b"urlencoded" not in kind and (b"=" not in body or body[:1] in b"{["):
        return
    yield "the percent signs of its form were rewritten", _PERCENT.sub(lambda match: match[0].upper(), body)
    yield "the percent signs of its form were rewritten", _PERCENT.sub(lambda match: match[0].lower(), body)
    yield "the blanks of its form were rewritten", body.replace(b"%20", b"+")
    yield "the blanks of its form were rewritten", body.replace(b"+", b"%20")
    text = _text(body)
    pairs = parse_qsl(text or "", keep_blank_values=True)
    for way in (quote_plus, quote):
        yield "its form was written anew", urlencode(pairs, quote_via=way).encode()
        yield "its form was written anew, in another order", urlencode(sorted(pairs), quote_via=way).encode()


def _documents(delivery: Delivery) -> Iterator[Variant]:
    """Yield the JSON body as the usual writers write it."""
    try:
        document = json.loads(delivery.body)
    except (ValueError, RecursionError):
        return
    if not isinstance(document, dict | list):
        return
    for order, plain, (indent, separators) in itertools.product((False, True), (False, True), _LAYOUTS):
        written = _written(document, order, plain, indent, separators)
        if written is None:
            continue
        html = "".join(_HTML.get(char, char) for char in written)
        for text in (written, written.replace("/", "\\/"), html):
            yield "its JSON was written anew", text.encode("utf-8", "surrogatepass")
            yield "its JSON was written anew", (text + "\n").encode("utf-8", "surrogatepass")


_LAYOUTS: Sequence[tuple[int | str | None, tuple[str, str]]] = (
    (None, (",", ":")),
    (None, (", ", ": ")),
    (2, (",", ": ")),
    (4, (",", ": ")),
    ("\t", (",", ": ")),
)


def _written(
    document: Any, order: bool, plain: bool, indent: int | str | None, separators: tuple[str, str]
) -> str | None:
    try:
        return json.dumps(
            document, sort_keys=order, ensure_ascii=not plain, indent=indent, separators=separators
        )
    except (ValueError, RecursionError):
        return None


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def secrets(text: str) -> Iterator[tuple[str, str]]:
    """Yield what else a configured secret may have to be, with what is wrong with it as it is."""
    seen = {text}
    for sentence, other in (
        ("has a blank or a line break at its ends that is not the provider's", text.strip()),
        ("stands in quotation marks that are not part of it", text.strip().strip("'\"")),
        ("lacks the line break that the provider has at its end", text + "\n"),
        ("lacks the line break that the provider has at its end", text + "\r\n"),
        ("has the prefix whsec_, which is not part of it here", text.strip().removeprefix("whsec_")),
        ("lacks the prefix whsec_, which is part of it here", f"whsec_{text.strip()}"),
        ("should be in small letters", text.lower()),
        ("should be in capital letters", text.upper()),
    ):
        if other and other not in seen:
            seen.add(other)
            yield sentence, other


def keys(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield which bytes a secret may stand for at the sender, with how the sender understands it."""
    plain = text.strip()
    yield "takes the secret as it stands, without decoding it", plain.encode()
    for name, decode in (("hexadecimal", hex_key), ("base64", base64_key)):
        for rest, what in ((plain, "the secret"), (plain.removeprefix("whsec_"), "what follows whsec_")):
            padded = rest + "=" * (-len(rest) % 4) if decode is base64_key else rest
            try:
                yield f"takes {what} for {name}", decode(padded)
            except ValueError:
                continue


def addresses(public_url: str, delivery: Delivery) -> Iterator[tuple[str, bytes]]:
    """Yield each public URL and target that the provider may have signed: ``(base, target)``."""
    seen = {(public_url.rstrip("/"), delivery.target)}
    for base, target in itertools.product(_bases(public_url, delivery), _targets(delivery.target)):
        if (base, target) not in seen:
            seen.add((base, target))
            yield base, target


def _bases(public_url: str, delivery: Delivery) -> Iterator[str]:
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    named = [host, parts.netloc]
    for header in (b"x-forwarded-host", b"host"):
        named += [value.decode("latin-1") for value in delivery.header_values(header)]
    hosts = dict.fromkeys(name for name in named if name)
    prefixes = dict.fromkeys([parts.path.rstrip("/"), "", *_prefixes(delivery)])
    for name, scheme, prefix in itertools.product(hosts, ("https", "http"), prefixes):
        bare = name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() and ":" in name else name
        for port in ("", ":443", ":80", ":8443", ":8080", ":8787"):
            yield f"{scheme}://{bare}{port}{prefix}"
        yield f"{scheme}://{name}{prefix}"


def _prefixes(delivery: Delivery) -> Iterator[str]:
    for value in delivery.header_values(b"x-forwarded-prefix"):
        yield "/" + value.decode("latin-1").strip("/")


def _targets(target: bytes) -> Iterator[bytes]:
    path, mark, query = target.partition(b"?")
    shorter = b"/" + path.lstrip(b"/").partition(b"/")[2]
    for other in (path, path.rstrip(b"/") + b"/", path.rstrip(b"/"), shorter, unquote_to_bytes(path)):
        yield other + mark + query
    if mark:
        yield path
        yield path + b"?" + unquote_to_bytes(query)
        yield path + b"?" + b"&".join(sorted(query.split(b"&")))


_TESTS = (
    "livemode=false live=false live_mode=false test=true is_test=true test_mode=true testmode=true "
    "sandbox=true mode=test mode=sandbox environment=test environment=sandbox env=test env=sandbox"
)
_LIVES = (
    "livemode=true live=true live_mode=true test=false is_test=false test_mode=false testmode=false "
    "sandbox=false mode=live environment=live environment=production"
)
_MODES = {
    (name, value): mode
    for mode, texts in (("test", _TESTS), ("live", _LIVES))
    for name, _, value in (text.partition("=") for text in texts.split())
}
"""By field and value of a body: what providers say of their mode."""


def mode_of(body: bytes) -> str:
    """Return test or live, as a JSON body says of itself; empty if it doesn't."""
    try:
        document = read_document(body)
    except Unreadable:
        return ""
    fields = document.items() if isinstance(document, dict) else ()
    found = (_MODES.get((name.casefold(), str(value).casefold())) for name, value in fields)
    return next(filter(None, found), "")
