"""Expressions with guards: what is put into them, what stays as it is, and that nothing else changes."""

from contextlib import suppress

import minijinja
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.guards import FILTERS, TESTS, guarded, guarded_expression
from relay.playbooks import load
from relay.resources import resource
from relay.templates import Templates, Unfilled

ENGLISH = Templates("en", "UTC")


@pytest.mark.parametrize(
    ("source", "with_guards"),
    [
        ("'#' ~ data.order", "'#' ~ data.order | _said"),
        ("a ~ b ~ c", "a | _said ~ b | _said ~ c | _said"),
        ("a['x' ~ b] | default('')", "a['x' ~ b | _said] | default('')"),
        ("'order ' ~ a if a else b", "'order ' ~ a | _said if a else b"),
        ("data.if ~ data.in", "data.if | _said ~ data.in | _said"),
        ("f | default(a ~ 'x', b=c ~ 'y')", "f | default(a | _said ~ 'x', b=c | _said ~ 'y')"),
        ("a | string | upper", "a | _said | string | upper"),
        ("a | map('int') | sum", "a | map('_said') | map('int') | sum"),
        ("a | default(b) | int", "a | default(b) | _said | int"),
        ("a | default('') | trim", "a | default('') | _said | trim"),
        ("(a | default('')) ~ 'x'", "(a | default('')) | _said ~ 'x'"),
        ("a > 5", "(a) | _above(5)"),
        ("a | float >= b and not c < 'x' ~ d", "(a | _said | float) | _at_least(b) and not (c) | _below('x' ~ d | _said)"),
        ("x[a < b:]", "x[(a) | _below(b):]"),
    ],
)  # fmt: skip
def test_what_would_hide_that_a_value_is_missing_has_a_guard(source: str, with_guards: str) -> None:
    """Each side of ~, each comparison and each filter that takes null for something is looked after."""
    assert guarded_expression(source) == with_guards


@pytest.mark.parametrize(
    "source",
    [
        "(a | upper) ~ ' ' ~ (b | date(year=true))",
        "'https://x.example/' ~ ('' if data.livemode else 'test/') ~ (a | urlencode)",
        "'x' ~ b * 2",
        "'a' ~ (b is defined) ~ (c == 1) ~ (not d)",
        "a | default(0) | int > 5",
        "(a | length) > -1",
        "('a' ~ 'b') | trim",
        "a == b and c != d",
    ],
)
def test_what_is_never_null_has_no_guard(source: str) -> None:
    """A guard costs a call of Python's: literals, defaults and our own filters need none."""
    assert guarded_expression(source) == source


@pytest.mark.parametrize(
    ("source", "with_guards"),
    [
        ("{{- a > b -}}", "{{- (a) | _above(b) -}}"),
        ("{%- if a ~ b %}x{% endif -%}", "{%- if a | _said ~ b | _said %}x{% endif -%}"),
        ("{% for x in a if x > 3 %}", "{% for x in a if (x) | _above(3) %}"),
        ("{# a ~ b #}{% raw %}{{ a ~ b }}{% endraw %}a ~ b", None),
        ("{{ 'a ~ b > c | trim' }}", None),
    ],
)
def test_text_comments_and_quotes_stay(source: str, with_guards: str | None) -> None:
    """Only what the engine would evaluate is changed, and no space of the text is lost."""
    assert guarded(source) == (with_guards or source)


def test_a_name_at_fault_fails_wherever_it_is_used() -> None:
    """Attributes, filters and names of arguments that are called the same are not meant."""
    source = "late ~ a.late | late(late=late)"

    assert guarded_expression(source, faulty=["late"]) == (
        "_faulty('late') | _said ~ a.late | late(late=_faulty('late')) | _said"
    )


VALUES = {"n": 3, "t": "x", "u": "7.5", "f": False, "l": [2, 1], "d": {"k": "v"}}
OPERANDS = st.sampled_from(
    ["n", "t", "u", "f", "d.k", "l[0]", "5", "'q'", "-n", "n | abs", "t | upper", "l | length", "u | float", "l | first"]
)  # fmt: skip
EXPRESSIONS = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["~", "+", "-", "<", ">=", "==", "and", "or", "in", "*"]), inner).map("({0[0]} {0[1]} {0[2]})".format),
        inner.map("({})".format),
        inner.map("(not {})".format),
        st.tuples(inner, inner, inner).map(lambda three: "{} if {} else {}".format(*three)),
        inner.map("({}) | default('z')".format),
    ),
    max_leaves=8,
)  # fmt: skip


@given(EXPRESSIONS)
def test_with_guards_an_expression_says_the_same_or_fails(expression: str) -> None:
    """Guards never change what an expression comes to, whatever it is made of: they only refuse."""
    engine = ENGLISH._engine
    try:
        expected = engine.eval_expr(expression, **VALUES)
    except minijinja.TemplateError:
        with pytest.raises(Unfilled):
            ENGLISH.evaluate(expression, VALUES)
        return
    with suppress(Unfilled):
        assert ENGLISH.evaluate(expression, VALUES) == expected
    engine.eval_expr(guarded_expression(expression) + " if false else ''", **VALUES)


@given(st.text(alphabet="ab ~<>|()[]{}.'\"%-+=if,#", max_size=40))
def test_nothing_that_is_written_breaks_the_guards(source: str) -> None:
    """A template that doesn't parse is told as such, in the engine's words."""
    guarded(source)
    guarded_expression(source, faulty=["a"], there=True)


def test_every_guard_is_known_to_the_engine() -> None:
    """The shipped playbooks compile with their guards, and the engine's own tests order as < and > do."""
    for name in FILTERS:
        assert ENGLISH.evaluate(f"1 | {name}(1)" if name[1:2] in "ba" else f"1 | {name}", {}) is not None
    for name in [name for name in TESTS if name.isalpha()]:
        assert ENGLISH.evaluate(f"1 is {name} 2", {}) is (name[0] == "l")
    for playbook in load(resource("playbooks")):
        for expression in playbook.values.values():
            ENGLISH.add(playbook.name, f"{{{{ {expression} }}}}")
