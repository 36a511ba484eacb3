"""How the signed text is glued together: ``{id}.{timestamp}.{body}`` and the like."""

import re
from collections.abc import Mapping
from typing import Self

import msgspec

PARTS = ("body", "timestamp", "id", "method", "url")

_PIECE = re.compile(r"\{([^{}]*)\}|[^{}]+|.", re.DOTALL)


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """The signed text in pieces: a name of ``PARTS``, or glue as bytes."""

    pieces: tuple[str | bytes, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a template.

        Raises:
            ValueError: an unknown placeholder, a lone brace, glue that is not printable ASCII, or
                not exactly one ``{body}``; the text says which.
        """
        pieces = tuple(_piece(match) for match in _PIECE.finditer(text))
        if pieces.count("body") != 1:
            raise ValueError("needs {body} exactly once, or the body would not be proven")
        return cls(pieces=pieces)

    def has(self, part: str) -> bool:
        """Say whether ``part`` is signed."""
        return part in self.pieces

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """Return the signed bytes; ``values`` has a value for each of ``PARTS`` that is used."""
        return b"".join([values[piece] if isinstance(piece, str) else piece for piece in self.pieces])


def _piece(match: re.Match[str]) -> str | bytes:
    text, name = match[0], match[1]
    if name is not None:
        if name not in PARTS:
            known = ", ".join(f"{{{part}}}" for part in PARTS)
            raise ValueError(f"knows {known}, but not {{{name}}}")
        return name
    if text in ("{", "}"):
        raise ValueError("has a brace without its partner")
    if not (text.isascii() and text.isprintable()):
        raise ValueError("may have only printable ASCII between its placeholders")
    return text.encode("ascii")
