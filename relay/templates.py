"""Templates and expressions of one language: MiniJinja, strict, without Python, with limited work. Pure.

What an event says is inserted as text and never evaluated. A failure tells what went wrong in the
template's words and never quotes the event.
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import minijinja

from relay import guards
from relay.formats import FILTERS, REMOVED, few, filters, tojson
from relay.guards import guarded, guarded_expression
from relay.moments import Missing
from relay.templatetext import LOOP, PIECE, QUOTED, expressions, inserted

FUEL = 50_000
"""Steps of the template machine for one template: a long script takes some hundreds."""
MAX_OUTPUT = 200_000
"""Characters that one template may write, before each text is cut to its own limit."""
_TOO_LONG = f"the template writes more than {MAX_OUTPUT:,} characters"

FUNCTIONS = frozenset({"range", "dict"})
"""The engine's own that a template may call."""

Context = dict[str, Any]
FAULT = object()
"""Stands in a context for a value that could not be had: what uses it fails as well."""

_SAYABLE = frozenset({str, int, float, bool})
_WORDS = {"OutOfFuel": "the template does too much work", "UndefinedError": "something is undefined"}
"""What the template engine's kinds of error mean, where it gives no detail."""

# A calculation with what isn't there: "unsupported types undefined and number".
_WITH_NOTHING = re.compile(r"types .*\b(undefined|none)\b")
_FILTER = re.compile(r"\|\s*([A-Za-z_]\w*)")
_END = re.compile(r"\{%[-+]?\s*endfor\s*([-+]?)%\}")
_TEST = re.compile(r"\bis\s+(?:not\s+)?([A-Za-z_]\w*)")


class Unfilled(ValueError):
    """A template could not be filled in. ``missing``: because of something that the event doesn't have."""

    def __init__(self, problem: str, *, missing: bool = False, line: int = 0) -> None:
        super().__init__(problem)
        self.problem, self.missing, self.line = problem, missing, line


class Templates:
    """The templates of one language, by name.

    Raises:
        ValueError: there is no such language or time zone.
    """

    def __init__(self, language: str, zone: str) -> None:
        self.language = language
        self._output = _Output()
        self._engine = minijinja.Environment(
            undefined_behavior="strict",
            fuel=FUEL,
            finalizer=self._output,
            keep_trailing_newline=False,
            pycompat=False,
            globals={"range": few, guards.FAULTY: guards.faulty},
            filters={
                **filters(language, zone),
                **guards.FILTERS,
                "_value": _value,
                "_within_json": _within_json,
            },
            tests=guards.TESTS,
        )
        self._known: set[tuple[str, str]] = set()
        for name in REMOVED:
            self._engine.remove_filter(name)

    def add(self, name: str, source: str) -> None:
        """Compile a template.

        Raises:
            Unfilled: it doesn't parse, or names a filter or a test that doesn't exist.
        """
        # First as it is written: what doesn't parse is told in its own words.
        _guard(self._engine.add_template, name, source)
        _guard(self._engine.add_template, name, guarded(source))
        # The engine itself would notice only when it comes to that place.
        for kind, pattern in (("filter", _FILTER), ("test", _TEST)):
            for word in dict.fromkeys(_words(source, pattern)):
                if not self._knows(kind, word):
                    near = difflib.get_close_matches(word, FILTERS if kind == "filter" else (), n=1)
                    raise Unfilled(f"{kind} {word} is unknown{f'; did you mean {near[0]}?' if near else ''}")

    def check_names(self, source: str, known: Collection[str]) -> None:
        """Refuse a template with a name that nothing will ever have, whatever the event says.

        Raises:
            Unfilled: a name is neither among ``known`` nor one of the engine's own.
        """
        strange = self._engine.undeclared_variables_in_str(source) - FUNCTIONS - set(known)
        for name in sorted(strange):
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean {near[0]}?" if near else "there are data, event and the names in [values]"
            raise Unfilled(f"{name} is unknown; {hint}")

    def _knows(self, kind: str, word: str) -> bool:
        if (kind, word) not in self._known:
            try:
                self._engine.eval_expr(f"0 {'|' if kind == 'filter' else 'is'} {word}")
            except minijinja.TemplateError as error:
                if error.kind in {"UnknownFilter", "UnknownTest"}:
                    return False
            except Exception:  # noqa: BLE001, S110 - one that exists and wants something else than 0
                pass
            self._known.add((kind, word))
        return True

    def render(self, name: str, context: Context) -> str:
        """Fill in a template.

        Raises:
            Unfilled: it cannot be.
        """
        self._output.written = 0
        return _bounded(_guard(self._engine.render_template, name, **context))

    def render_text(self, source: str, context: Context) -> str:
        """Fill in a template that was not added; see :meth:`render`."""
        return self._render_guarded(source, context, there=False)

    def _render_guarded(self, source: str, context: Context, *, there: bool = True) -> str:
        known, faulty = _divided(context)
        self._output.written = 0
        return _bounded(_guard(self._engine.render_str, guarded(source, faulty=faulty, there=there), **known))

    def evaluate(self, expression: str, context: Context) -> object:
        """Return what an expression comes to; undefined is None.

        Raises:
            Unfilled: it cannot be evaluated.
        """
        try:
            return self._evaluate_guarded(expression, context, there=False)
        except Unfilled as fault:
            raise self._cause(fault, partial(self._evaluate_guarded, expression, context)) from None

    def _evaluate_guarded(self, expression: str, context: Context, *, there: bool = True) -> object:
        known, faulty = _divided(context)
        source = guarded_expression(expression, faulty=faulty, there=there)
        return _guard(lambda: _value(self._engine.eval_expr(source, **known)))

    def explain(
        self, source: str, context: Context, *, keep: bool, written: str = ""
    ) -> tuple[str, tuple[str, ...]]:
        """Fill in a template piece by piece, to find what is wrong with it.

        With ``keep``, placeholders for what the event doesn't have stay as text and are named. They are
        named as they stand in ``written``, where ``source`` is that with every placeholder escaped.

        Raises:
            Unfilled: it cannot be filled in; the expression is named.
        """
        kept: dict[int, str] = {}
        while True:
            at: list[int] = [-1]
            marked = "".join(_marked(source, kept))
            names = {**context, "_kept": list(_filled_up(kept)), "_at": _Pointer(at)}
            try:
                return self.render_text(marked, names), tuple(dict.fromkeys(kept.values()))
            except Unfilled as first:
                place = at[0]
                fault = self._cause(first, partial(self._render_guarded, marked, names))
                expression = expressions(written or source).get(place)
                if expression is None:
                    raise
                fault = fault if at[0] == place else first
                if not (keep and fault.missing):
                    problem = f"{{{{ {expression} }}}}: {fault.problem}"
                    raise Unfilled(problem, missing=fault.missing) from None
                kept[place] = expression

    def _cause(self, fault: Unfilled, again: Callable[[], object]) -> Unfilled:
        """Return what is behind a fault: perhaps nothing but a value that isn't there.

        The engine's filters tell it in many ways, "cannot round value", and in the same words of others.
        """
        if not fault.missing:
            try:
                again()
            except Unfilled as found:
                return found if found.missing else fault
        return fault


class _Output:
    """Looks at each value that is about to be written; there is one for each engine, and it knows no other.

    Texts are counted here, while they are written: looked at afterwards, they might have taken all memory.
    """

    def __init__(self) -> None:
        self.written = 0

    def __call__(self, value: object) -> object:
        """Refuse to write what nobody can say aloud, and to go on without an end."""
        if value.__class__ is str:
            self.written += len(value)
            if self.written > MAX_OUTPUT:
                raise ValueError(_TOO_LONG)
            return value
        return _sayable(value)


class _Pointer:
    """A function for templates that notes which placeholder is about to be filled in."""

    def __init__(self, at: list[int]) -> None:
        self._at = at

    def __call__(self, number: int) -> str:
        self._at[0] = number
        return ""


def _words(source: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the words that stand in a template's expressions and statements where a pattern says."""
    for piece in PIECE.finditer(source):
        if not piece[0].startswith("{#") and "endraw" not in piece[0]:
            yield from pattern.findall(QUOTED.sub("''", piece[0]))


def _marked(source: str, kept: Mapping[int, str]) -> Iterator[str]:
    """Yield a template in which each placeholder says that its turn has come, or stays what it is.

    So does each loop; one through what isn't there goes through nothing, behind the name of what is missing.
    """
    end = number = 0
    for piece in PIECE.finditer(source):
        yield source[end : piece.start()]
        end = piece.end()
        if inserted(piece) is None:
            yield piece[0]
            yield _END.sub(r"{{ _at(-1) \1}}", piece[0]) if _END.fullmatch(piece[0]) else ""
            continue
        loop = LOOP.fullmatch(piece[0])
        left, right = (loop or piece)["left"], (loop or piece)["right"]
        if number not in kept:
            yield f"{{{{{left} _at({number}) }}}}{piece[0]}{{{{ _at(-1) {right}}}}}"
        elif loop:
            yield f"{{{{{left} _kept[{number}] }}}}{{% for {loop['target']} in [] {right}%}}"
        else:
            yield f"{{{{{left} _kept[{number}] {right}}}}}"
        number += 1
    yield source[end:]


def _filled_up(kept: Mapping[int, str]) -> Sequence[str]:
    """Return the texts of the placeholders that stay, each at its own number."""
    last = max(kept, default=-1)
    return [f"{{{{ {kept[number]} }}}}" if number in kept else "" for number in range(last + 1)]


def _sayable(value: object) -> object:
    """Refuse to write what nobody can say aloud."""
    if value.__class__ in _SAYABLE:
        return value
    if value is None:
        raise Missing("a value is null")
    if not isinstance(value, str):
        raise ValueError("this is a table or a list, and no text; name the part that is meant")
    return value


def _divided(context: Context) -> tuple[Context, Collection[str]]:
    """Return what can be had of a context, and the names of what cannot."""
    faulty = [name for name, value in context.items() if value is FAULT]
    return ({**context, **dict.fromkeys(faulty)}, faulty) if faulty else (context, ())


def _value(value: object) -> object:
    """Return a value as it is, if it is no endless text; what is undefined has become None on its way here.

    Raises:
        ValueError: it is as long as no text that is written.
    """
    if isinstance(value, str) and len(value) > MAX_OUTPUT:
        raise ValueError(_TOO_LONG)
    return value


def _within_json(value: object) -> str:
    """Return a value for the inside of a JSON string."""
    sayable = _sayable(value)
    return tojson(sayable)[1:-1] if isinstance(sayable, str) else tojson(sayable)


def _bounded(rendered: object) -> str:
    text = str(rendered)
    if len(text) > MAX_OUTPUT:
        raise Unfilled(_TOO_LONG)
    return text


def _guard(call: Callable[..., Any], *args: str, **context: Any) -> Any:
    """Call the template engine; say what failed and never what the event contained."""
    try:
        return call(*args, **context)
    except minijinja.TemplateError as error:
        # The error's own text may quote the event's data; ``detail`` names only the template's words.
        problem = error.detail or _WORDS.get(error.kind, error.kind)
        missing = error.kind == "UndefinedError" or bool(_WITH_NOTHING.search(problem))
        raise Unfilled(problem, missing=missing, line=error.line or 0) from None
    except Missing as error:
        raise Unfilled(str(error), missing=True) from None
    except Exception as error:  # noqa: BLE001 - whatever a filter or a value's own method raises is a fault
        # The sentences of our own filters never quote a value; others' might.
        reason = str(error) if type(error) is ValueError else "a value has the wrong type"
        if "unhashable" in str(
            error
        ):  # a filter that remembers was given one, and did not come to look at it
            reason = "a table or a list stands where a text or a number is wanted"
        raise Unfilled(reason) from None
