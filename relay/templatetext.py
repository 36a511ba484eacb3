"""What a template's text is made of: placeholders, blocks, comments, and the text between them. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

QUOTED = re.compile(r"""\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'""")
# Text in quotes may hold braces; a comment or a raw block holds no expression.
_INSIDE = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'])*?"""
PIECE = re.compile(
    r"\{#.*?#\}"
    r"|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}"
    rf"|\{{%{_INSIDE}%\}}"
    rf"|\{{\{{(?P<left>[-+]?)(?P<inside>{_INSIDE})(?P<right>[-+]?)\}}\}}",
    re.DOTALL,
)
LOOP = re.compile(
    r"\{%(?P<left>[-+]?)\s*for\s+(?P<target>.+?)\s+in\b(?P<through>.+?)(?P<right>[-+]?)%\}", re.DOTALL
)
"""A loop's beginning."""


def expressions(source: str) -> Mapping[int, str]:
    """Return what a template inserts or goes through, by its order, without the braces."""
    found = (expression for piece in PIECE.finditer(source) if (expression := inserted(piece)) is not None)
    return {number: " ".join(expression.split()) for number, expression in enumerate(found)}


def inserted(piece: re.Match[str]) -> str | None:
    """Return the expression of a placeholder, or the one that a loop goes through; None of other pieces."""
    if piece["inside"] is not None:
        return piece["inside"]
    loop = LOOP.fullmatch(piece[0])
    return loop["through"] if loop else None


def rewritten(source: str, change: Callable[[str, int], str]) -> str:
    """Return a template with other placeholders; ``change`` takes what is inside, and where it begins."""

    def one(piece: re.Match[str]) -> str:
        if piece["inside"] is None:
            return piece[0]
        return f"{{{{{piece['left']} {change(piece['inside'].strip(), piece.start())} {piece['right']}}}}}"

    return PIECE.sub(one, source)


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Yield the text before each placeholder, block or comment, with where that begins."""
    end = 0
    for piece in PIECE.finditer(source):
        yield piece.start(), source[end : piece.start()]
        end = piece.end()


class Piece(NamedTuple):
    """A placeholder, block or comment of a template."""

    text: str
    """What stands before it."""
    word: str
    """The block's first word; empty: a placeholder; ``#``: a comment, or the template's end."""
    inside: str
    """The rest of it, without its brackets."""


def pieces(source: str) -> Iterator[Piece]:
    """Yield what a template is made of, in order; the last one is its end."""
    end = 0
    for piece in PIECE.finditer(source):
        text, whole, end = source[end : piece.start()], piece[0], piece.end()
        if piece["inside"] is not None:
            yield Piece(text, "", piece["inside"])
        elif whole.startswith("{#"):
            yield Piece(text, "#", whole[2:-2])
        else:
            inside = whole[2:-2].lstrip("-+").lstrip()
            word = re.match(r"\w*", inside)
            rest = inside[word.end() :] if word else inside
            yield Piece(text, (word and word[0]) or "?", rest.rstrip("-+") if rest[-1:] in "-+" else rest)
    yield Piece(source[end:], "#", "")
