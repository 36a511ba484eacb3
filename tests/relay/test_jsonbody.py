"""What an event says cannot break out of a JSON body, wherever the template puts it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.jsonbody import escaping, is_json
from relay.templates import Templates, Unfilled

EVIL = '", "admin": true, "x": "\\'


def fill(template: str, **context: object) -> str:
    """Fill in a body."""
    templates = Templates("en", "UTC")
    templates.add("body", escaping(template))
    return templates.render("body", dict(context))


@given(value=st.text())
def test_whatever_an_event_says_stays_one_value(value: str) -> None:
    """Inside a string, as a value, and beside other text: it comes out as it went in."""
    body = fill('{"a": "{{ v }}", "b": {{ v }}, "c": "Dear {{ v }}, hello"}', v=value)
    assert json.loads(body) == {"a": value, "b": value, "c": f"Dear {value}, hello"}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ('{"n": {{ n }}, "s": "{{ n }}"}', {"n": 49.5, "s": "49.5"}),
        ('{"b": {{ b }}, "s": "{{ b }}"}', {"b": True, "s": "true"}),
        ('{"l": {{ l | tojson }}}', {"l": [1, "a"]}),
        ('{"l": {{ l }}}', {"l": [1, "a"]}),
        (
            '[{% for i in l %}"{{ i }}-{{ v }}"{% if not loop.last %}, {% endif %}{% endfor %}]',
            [f"1-{EVIL}", f"a-{EVIL}"],
        ),
        ('{"a": "{% if v == "x" %}no{% else %}{{ v }}{% endif %}", "b": {{ v }}}', {"a": EVIL, "b": EVIL}),
        ('{"a": "\\"{{ v }}\\"", "b": "{# " #}{{ v }}"}', {"a": f'"{EVIL}"', "b": EVIL}),
    ],
)
def test_blocks_comments_and_escaped_quotes_are_understood(template: str, filled: object) -> None:
    """Quotation marks that are no JSON don't confuse where a string begins."""
    assert json.loads(fill(template, n=49.5, b=True, l=[1, "a"], v=EVIL)) == filled


def test_what_is_missing_in_a_string_is_a_fault() -> None:
    """Nobody is sent an empty name; outside a string null is a value."""
    with pytest.raises(Unfilled):
        fill('{"a": "{{ v }}"}', v=None)
    assert json.loads(fill('{"a": {{ v }}}', v=None)) == {"a": None}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, True),
        ({"Content-Type": "application/json; charset=utf-8"}, True),
        ({"content-type": "application/vnd.api+json"}, True),
        ({"CONTENT-TYPE": "application/x-www-form-urlencoded"}, False),
        ({"x-a": "text/plain"}, True),
    ],
)
def test_a_body_is_json_unless_it_says_otherwise(headers: dict[str, str], expected: bool) -> None:
    """The content type decides; without one it is JSON."""
    assert is_json(headers) is expected
