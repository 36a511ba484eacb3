"""A source's own recipe: what ``[sources.NAME.recipe]`` says, checked and made into a wiring."""

import difflib
from collections.abc import Callable, Collection, Mapping
from typing import NoReturn, TypeVar

from relay.errors import ConfigError
from relay.schemes.fields import MILLISECONDS, SECONDS
from relay.schemes.header import BODY_ONLY, HeaderForm
from relay.schemes.keys import text_key
from relay.schemes.mac import ALGORITHMS, ENCODINGS, Mac
from relay.schemes.pipeline import Scheme
from relay.schemes.place import Part, Place, Where, header_name
from relay.schemes.provider import Wiring
from relay.schemes.template import Template
from relay.source import Source

KEYS: Mapping[str, str] = {
    "header": "the header that holds the signature; required",
    "prefix": "what stands before the signature in that header, such as sha256=",
    "encoding": "how the signature is spelled: hex (default), base64, base64url or base64url-padded",
    "algorithm": "the hash: sha256 (default), sha384 or sha512",
    "timestamp_header": "the header that holds the signed time, as a whole number",
    "timestamp_unit": "its unit: s (default) or ms",
    "signed": 'the signed text: "{body}", or "{timestamp}.{body}" by default if there is a time',
    "id": "where the event's id stands: header:NAME or body:path.to.field; required",
    "type": "where the event's type stands, likewise; required",
    "trust_unsigned_headers": "true takes id and type from headers that the signature does not cover",
}
"""Every key of a recipe with its help."""

_CLOCKS = {"s": SECONDS, "ms": MILLISECONDS}
_BOOLEANS = {"true": True, "false": False}

_T = TypeVar("_T")


def nearest(word: str, known: Collection[str]) -> str:
    """Return a sentence that names the right word: the nearest one, or else all of them."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {close[0]}?" if close else f"It can be {', '.join(sorted(known))}."


def read_recipe(source: Source) -> Wiring:
    """Return the wiring that a source's recipe describes.

    Raises:
        ConfigError: an unknown or missing key, a value out of its range, a time that is not
            signed, or an id or type from a header that is not signed either.
    """
    for key in source.recipe:
        if key not in KEYS:
            _refuse(source, key, "there is no such key.", nearest(key, KEYS))
    event_id, event_type = (_parsed(source, key, Place.parse) for key in ("id", "type"))
    form = _form(source, event_id)
    _check_trust(source, form, id=event_id, type=event_type)
    mac = Mac(
        algorithm=_choice(source, "algorithm", "sha256", {name: name for name in ALGORITHMS}),
        encoding=_choice(source, "encoding", "hex", {name: name for name in ENCODINGS}),
    )
    return Wiring(
        scheme=Scheme(form=form, primitive=mac, key=text_key), id=_where(event_id), type=_where(event_type)
    )


def _where(place: Place) -> Where:
    return Where(parts=(Part(places=(place,)),), glue=".")


def _form(source: Source, event_id: Place) -> HeaderForm:
    timestamp = (
        _parsed(source, "timestamp_header", header_name) if "timestamp_header" in source.recipe else None
    )
    signed = _parsed(source, "signed", Template.parse, "{timestamp}.{body}" if timestamp else "{body}")
    if timestamp and not signed.has("timestamp"):
        _refuse(source, "signed", "leaves {timestamp} out: a time that is not signed proves nothing.")
    if signed.has("timestamp") and not timestamp:
        _refuse(source, "timestamp_header", "is missing, but {timestamp} is signed.")
    if signed.has("id") and not event_id.header:
        _refuse(source, "signed", "has {id}, so that id has to be a header.")
    prefix = source.recipe.get("prefix", "")
    if not (prefix.isascii() and prefix.isprintable()):
        _refuse(source, "prefix", "may have only printable ASCII.")
    return HeaderForm(
        header=_parsed(source, "header", header_name),
        prefix=prefix.encode("ascii"),
        timestamp=timestamp,
        clock=_choice(source, "timestamp_unit", "s", _CLOCKS),
        id=event_id.header if signed.has("id") else None,
        signed=BODY_ONLY if signed == BODY_ONLY else signed,
    )


def _check_trust(source: Source, form: HeaderForm, **places: Place) -> None:
    """Refuse an id or type that anyone on the way could change without breaking the signature."""
    if _choice(source, "trust_unsigned_headers", "false", _BOOLEANS):
        return
    for key, place in places.items():
        if place.header and place.header != form.id:
            _refuse(
                source,
                key,
                f"is in the header {place.header.decode()}, which the signature does not cover.",
                'Take it from the body, sign it with {id}, or set trust_unsigned_headers = "true".',
            )


def _parsed(source: Source, key: str, parse: Callable[[str], _T], default: str | None = None) -> _T:
    text = source.recipe.get(key, default)
    if text is None:
        _refuse(source, key, "is missing:", f"{KEYS[key]}.")
    try:
        return parse(text)
    except ValueError as error:
        _refuse(source, key, f"{error}.")


def _choice(source: Source, key: str, default: str, known: Mapping[str, _T]) -> _T:
    word = source.recipe.get(key, default)
    if word not in known:
        _refuse(source, key, f"can't be {word!r}.", nearest(word, known))
    return known[word]


def _refuse(source: Source, key: str, problem: str, hint: str = "") -> NoReturn:
    raise ConfigError(f"sources.{source.name}.recipe.{key}", problem, hint=hint)
