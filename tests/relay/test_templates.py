"""One language's templates: what is a placeholder, what is missing, and what a failure tells."""

import pytest

from relay.templates import FUEL, MAX_OUTPUT, Templates, Unfilled
from relay.templatetext import expressions

ENGLISH = Templates("en", "UTC")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a {{ b }} c {{- d.e -}}", ["b", "d.e"]),
        ("{{ '}}' }}{{ \"{{\" }}", ["'}}'", '"{{"']),
        ("{# {{ a }} #}{% raw %}{{ b }}{% endraw %}{{ c }}", ["c"]),
        ("{% if a == '{{ b }}' %}{{ c }}{% endif %}", ["c"]),
        ("{{ a\n  | upper }}", ["a | upper"]),
        ("{ a } {{", []),
        ("{%- for a, b in c | items if a -%}{{ a }}{% endfor %}", ["c | items if a", "a"]),
    ],
)
def test_a_placeholder_is_what_the_engine_takes_for_one(source: str, found: list[str]) -> None:
    """Text in quotes, comments and raw blocks hold none."""
    assert list(expressions(source).values()) == found


@pytest.mark.parametrize(
    ("source", "text", "missing"),
    [
        ("{{ a }}", "1", ()),
        ("{{ b }}", "{{ b }}", ("b",)),
        ("{{ n }} {{ n }}", "{{ n }} {{ n }}", ("n",)),
        ("{{ n | upper }}", "{{ n | upper }}", ("n | upper",)),
        ("{{ n + 1 }} {{ b.c }}", "{{ n + 1 }} {{ b.c }}", ("n + 1", "b.c")),
        ("x {{- b -}} y", "x{{ b }}y", ("b",)),
        ("{% for i in l %}{{ i.x }};{% endfor %}", "{{ i.x }};{{ i.x }};", ("i.x",)),
        ("{{ '{{ n }}' }}{{ n }}", "{{ n }}{{ n }}", ("n",)),
        ("{% set c %}{{ b }}{% endset %}{{ c }}", "{{ b }}", ("b",)),
        ("{{ b | first }} {{ n | round }}", "{{ b | first }} {{ n | round }}", ("b | first", "n | round")),
        ("{{ n | split(',') | last }}", "{{ n | split(',') | last }}", ("n | split(',') | last",)),
        ("{{ b | lines }}{{ n | length }}", "{{ b | lines }}{{ n | length }}", ("b | lines", "n | length")),
        ("{{ b.c | abs }}, {{ l | length }}", "{{ b.c | abs }}, 2", ("b.c | abs",)),
        ("x {%- for i in b.c -%} {{ i }}{% endfor -%} y", "x{{ b.c }}y", ("b.c",)),
        ("{% for i in n %}{{ i }}{% endfor %}{{ b }}", "{{ b }}", ("b",)),
    ],
)
def test_what_is_missing_stays_as_its_placeholder(source: str, text: str, missing: tuple[str, ...]) -> None:
    """Undefined and null are missing, in loops and calculations, too; spaces stay as the template has them."""
    known = {"a": 1, "n": None, "l": [{"x": 1}, {}]}

    assert ENGLISH.explain(source, known, keep=True) == (text, missing)


@pytest.mark.parametrize(
    ("source", "missing", "problem"),
    [
        ("{{ b }}", True, "{{ b }}: `b` is undefined"),
        ("{{ a // 0 }}", False, "{{ a // 0 }}"),
        ("{{ t }}", False, "{{ t }}: this is a table or a list"),
        ("{{ t.get }}", False, "{{ t.get }}: this is a table or a list"),
        ("{{ a() }}", False, "{{ a() }}: "),
        (
            "{% for a in range(999) %}{% for b in range(999) %}x{% endfor %}{% endfor %}",
            False,
            "too much work",
        ),
        ("{% for a in range(1001) %}{{ a }}{% endfor %}", False, "range gives 1,000 numbers at most"),
        ("{{ 'ab' | replace('', 'c') }}", False, "replace wants the text to look for"),
        ("{{ ('x' * 100000) | replace('x', '123') }}", False, "replace would write more than 200,000"),
        ("{{ range(999) | join('x' * 1000) }}", False, "join would write more than 200,000"),
        ("{{ t | join }}", False, "join wants a list"),
        ("{{ t | money('eur') }}", False, "a table or a list stands where a text or a number is wanted"),
        ("{{ [a] | date }}", False, "a table or a list stands where a text or a number is wanted"),
        ("{{ t | round }}", False, "{{ t | round }}: cannot round value"),
        ("{{ b | default(t) | round }}", False, "cannot round value"),
        ("{{ a }}{% for i in a %}{{ i }}{% endfor %}", False, "{{ a }}: "),
        ("{{ [t] | join }}", False, "join wants a list of texts"),
        ("{{ [none] | join }}", True, "a value in the list is missing"),
        ("{{ ('\"' * 150000) | tojson }}", False, "tojson would write more than 200,000"),
        ("{{ 'x' * 200001 }}", False, f"writes more than {MAX_OUTPUT:,} characters"),
        ("{{ 'x' * 99999999999 }}", False, "too large"),
    ],
)
def test_a_failure_names_the_expression(source: str, *, missing: bool, problem: str) -> None:
    """Whoever mends it learns which one it is, and whether the event lacks something."""
    with pytest.raises(Unfilled) as caught:
        ENGLISH.explain(source, {"a": 1, "t": {"x": "4711"}}, keep=False)

    assert caught.value.missing is missing
    assert problem in caught.value.problem
    assert "4711" not in caught.value.problem


def test_python_stays_out_of_reach() -> None:
    """No template gets from a table of the event to what Python is made of."""
    for way in ("t.__class__", "t['__class__']", "t.__getattribute__('x')", "(t | attr('__class__'))()"):
        with pytest.raises(Unfilled):
            ENGLISH.evaluate(way + ".x", {"t": {}})
    assert FUEL > 0


def test_each_language_has_its_own_filters() -> None:
    """Two languages live beside each other."""
    assert Templates("de", "UTC").render_text("{{ 1 | price('eur') }}", {}) == "1,00 €"
    assert ENGLISH.render_text("{{ 1 | price('eur') }}", {}) == "€1.00"


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("{{ custmer }}", "custmer is unknown; did you mean customer"),
        ("{% if vip %}x{% endif %}", "vip is unknown; there are data"),
        ("{% for one in data.lines %}{{ one }}{{ loop.index }}{% endfor %}{{ customer }}", ""),
        ("{% for n in range(3) %}{{ n }}{% endfor %}", ""),
        ("{{ nobody | default('x') }}", "nobody is unknown"),
    ],
)
def test_a_name_that_no_event_brings_is_found_when_it_is_read(source: str, complaint: str) -> None:
    """A slip in a name is told before the first event, with the nearest that is known."""
    templates = Templates("en", "UTC")
    if not complaint:
        templates.check_names(source, ("data", "customer"))
        return
    with pytest.raises(Unfilled, match=complaint):
        templates.check_names(source, ("data", "customer"))
