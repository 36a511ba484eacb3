"""What templates may be made of: no template and no event fills the memory."""

import json
import subprocess
import sys

import pytest

from relay.errors import PlaybookError, every_problem
from relay.event import Event, EventState, StoredEvent
from relay.playbooks import parse
from relay.render import Renderer
from relay.restraint import (
    MAX_JOINED,
    MAX_LOOP_TEXT,
    MAX_WEIGHT,
    check_expression,
    check_template,
    is_number,
    weigh,
)

HEAD = '[when]\ntypes = ["*"]\n'


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{% set a = 1 %}", "name it in [values]"),
        ("{% set a %}x{% endset %}", "name it in [values]"),
        ("{%- with a = data.b -%}{{ a }}{% endwith %}", "name it in [values]"),
        ("{% macro a() %}x{% endmacro %}", "name it in [values]"),
        ("{% include 'x' %}", "include is not for playbooks"),
        ("{% import 'x' as y %}", "import is not for playbooks"),
        ("{% extends 'x' %}", "extends is not for playbooks"),
        ("{% do data.pop('x') %}", "do is not for playbooks"),
        ("{% filter upper %}x{% endfilter %}", "filter is not for playbooks"),
        ("{% %}", "is not for playbooks"),
        ("{{ data.pop('x') }}", "nothing is called"),
        ("{{ data ['pop']('x') }}", "nothing is called"),
        ("{{ (data.pop)\n('x') }}", "nothing is called"),
        ("{{ namespace (x=1) }}", "nothing is called"),
        ("{{ loop.cycle(1, 2) }}", "nothing is called"),
        ("{{ debug() }}", "nothing is called"),
        ("{{ 'x'() }}{{ 1() }}", "nothing is called"),
        ("{% if data.pop('x') %}{% endif %}", "nothing is called"),
        ("{% for a in data.items() %}{% endfor %}", "nothing is called"),
        ("{% for a in data recursive %}{% endfor %}", "not recursive"),
        ("{{ {'a': {}} | length }}{{ data.pop('x') }}", "a table is not written"),
        ("{{ data.text * 5 }}", "* could repeat a text"),
        ("{{ 5 * data.text }}", "* could repeat a text"),
        ("{{ 5 * 2 | string }}", "* could repeat a text"),
        ("{{ 5 * (data.a | float or data.text) }}", "* could repeat a text"),
        ("{{ ['x' ~ 5] * 5 }}", "* could repeat a text"),
        ("{{ (data.text ~ 2) * 5 }}", "* could repeat a text"),
        ("{{ 5 * (data.a | default(2)) }}", "* could repeat a text"),
        ("{{ 2 * data.float }}", "* could repeat a text"),
        ("{{ data.list | map(data.filter) }}", "map takes"),
        ("{{ data.list | map('replace', 'a', data.b) }}", "map takes"),
        ("{{ data.a }} {{ data.a", "a bracket is not closed"),
        (f"{{% for a in data.list %}}{'x' * (MAX_LOOP_TEXT + 1)}{{% endfor %}}", "inside its loops"),
        (
            f"{{% for a in b %}}{{% raw %}}{'x' * MAX_LOOP_TEXT}{{% endraw %}}{{% endfor %}}",
            "inside its loops",
        ),
        ("{{ " + "~".join(["data.a"] * 32) + " }}", "more than 30 texts"),
        ("{{ data.a }}" * (MAX_WEIGHT + 1), "mentions the event 101 times"),
        ("{% for a in range(1001) %}{{ a }}{% endfor %}", "range gives 1,000 numbers at most"),
        ("{% for a in range(-1, 100000000000000000000000, 2) %}{{ a }}{% endfor %}", "1,000 numbers at most"),
        ("{% if 1 < data.n < 5 %}x{% endif %}", "a comparison has two sides"),
        ("{{ data.a == data.b > (2) }}", "a comparison has two sides"),
        ("{{ range() | join }}", "range wants one to three whole numbers"),
        ("{{ range(1, 5, 0) | join }}", "range wants one to three whole numbers"),
    ],
)
def test_a_template_neither_defines_nor_calls(source: str, problem: str) -> None:
    """Only what is inserted, chosen and gone through; the sentence says what is wrong."""
    with pytest.raises(ValueError, match=r"^.") as caught:
        check_template(source, {})

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "{{ data.a | default('') | truncate(20) }} {# {% set %} f() #} {% raw %}{{ f() }}{% endraw %}",
        "{% if data.n is divisibleby(2) and not (data.m is not eq(3)) %}a{% elif b %}b{% else %}c{% endif %}",
        "{%- for a in data.list | selectattr('x', 'eq', 1) -%}{{ loop.index }}. {{ a['name'] }}{%- endfor +%}",
        "{{ data.list | map(attribute='name') | join(', ') }} {{ data.list | map('upper') | list }}",
        "{{ 'f(x) {% set %} }}' }}",
        "{{ 2 * 3 * (data.n | float) }} {{ data.n | float * 2 }} {{ -2 * -1.5e3 }} {{ (data.n - 2) * 3 }}",
        "{{ 100 * ((data.a | float) + (data.b | round(2))) }} {{ price * 2 }} {{ 2 ** 3 }}",
        "{{ range(1000) | length }} {{ range(9, -9, -2) | list }} {{ range(data.n) }} {{ range(1, 2000, 2) }}",
        "{% if 1 < data.n and data.n < (5 if data.a > 2 else data.b[data.c < 3]) %}x{% endif %}",
        "x" * 16_000,
        "{{ data.a }}" * MAX_WEIGHT,
    ],
)
def test_what_playbooks_need_stays(source: str) -> None:
    """Choices, loops, filters, tests, and products of numbers."""
    check_template(source, *weigh({"price": "data.price | float"}))


def test_an_expression_keeps_to_itself() -> None:
    """It can't close the brackets in which it will stand, and a table in it is fine."""
    assert check_expression("{'a': 'b'}[data.x] | default({})", {}) == 1
    for source in ("true }}{% set a = 1 %}{{ b", "a } b {"):
        with pytest.raises(ValueError, match="closes nothing"):
            check_expression(source, {})


def test_a_value_weighs_what_it_is_made_of() -> None:
    """Doubling a text forty times is refused before anything is filled in."""
    values = {"v0": "data.text"} | {f"v{n}": f"v{n - 1} ~ v{n - 1}" for n in range(1, 40)}

    weights, _ = weigh(values)

    assert weights["v3"] == 8
    assert weights["v39"] == 2**39
    text = (
        'title = "{{ v39 }}"\n' + HEAD + "[values]\n" + "".join(f'{n} = "{v}"\n' for n, v in values.items())
    )
    with pytest.raises(PlaybookError) as caught:
        Renderer([parse("test", text)])
    places = {problem.field for problem in every_problem(caught.value)}
    assert {"values", "values.v7", "values.v39", "title"} <= places
    assert "values.v6" not in places


def test_a_number_is_known_by_its_end() -> None:
    """A literal, a filter that gives a number, another value that is one, and sums of them."""
    for source in ("5", "data.x | int", "(data.x | float)", "1 + price", "data.list | length"):
        assert is_number(source, {"price"}), source
    for source in (
        "data.x",
        "data.price",
        "'5'",
        "data.x | int or data.y",
        "data.int",
        "[5]",
        "data.list[5]",
    ):
        assert not is_number(source, {"price"}), source


@pytest.mark.parametrize(
    "place",
    [
        'title = "{}"',
        'title = "x"\nbody = "{}"',
        'title = "x"\ncollapse = "{}"',
        'title = "x"\n[[scripts]]\nname = "a"\ntext = "{}"',
        'title = "x"\n[[links]]\nlabel = "a"\nurl = "https://example.com/{}"',
        'title = "x"\n[[actions]]\nname = "a"\nlabel = "a"\nurl = "https://example.com/{}"',
        'title = "x"\n[[actions]]\nname = "a"\nlabel = "a"\nurl = "https://example.com/"\nbody = \'\'\'"{}"\'\'\'',
        'title = "x"\n[[actions]]\nname = "a"\nlabel = "a"\nurl = "https://example.com/"\nheaders = {{ a = "{}" }}',
        'title = "x"\n[[actions]]\nname = "a"\nlabel = "a"\nurl = "https://example.com/"\nconfirm = "{}"',
    ],
)
def test_no_place_is_forgotten(place: str) -> None:
    """Whatever is a template is looked at, whether it is filled in at once or when a button is pressed."""
    written, _, tables = place.partition("\n[[")
    text = (written + "\n" + (f"[[{tables}" if tables else "")).format("{{ data.pop('x') }}")
    head, _, rest = text.partition("\n[[")
    text = head + "\n" + (f"[[{rest}\n" if rest else "") + HEAD

    with pytest.raises(PlaybookError, match="nothing is called"):
        Renderer([parse("test", text)])


@pytest.mark.parametrize("place", ["when", "values", "audience", "expires_at"])
def test_no_expression_is_forgotten(place: str) -> None:
    """The same for what gives a value and no text."""
    bad = "data.pop('x')"
    text = {
        "when": f'title = "x"\n{HEAD}condition = "{bad}"\n',
        "values": f'title = "x"\n{HEAD}[values]\na = "{bad}"\n',
        "audience": f'title = "x"\n{HEAD}[audience]\nowner = "{bad}"\n',
        "expires_at": f'title = "x"\nexpires_at = "{bad}"\n{HEAD}',
    }[place]

    with pytest.raises(PlaybookError, match="nothing is called"):
        Renderer([parse("test", text)])


GREEDY = {
    "the same again": "{% for a in data.list %}{{ data.text }}{% endfor %}",
    "text in a loop": "{% for a in data.list %}" + "x" * MAX_LOOP_TEXT + "{% endfor %}",
    "a long separator": "{{ data.list | join(data.text) }}",
    "a replacement": "{{ data.text | replace('x', data.text) }}",
    "escaped again": "{{ data.text" + " | tojson" * 60 + " }}",
    "side by side": "{{ " + " ~ ".join(["data.text"] * MAX_JOINED) + " }}",
    "a list of lists": "{{ [data.list, data.list, data.list] | tojson }}",
    "many ranges": "{{ [" + ", ".join(["range(1000) | list"] * 60) + "] | tojson }}",
}
_MEASURE = """
import json, resource, sys
from relay.event import Event, EventState, StoredEvent
from relay.playbooks import parse
from relay.render import Renderer
text = sys.stdin.read()
data = json.dumps({"text": "x" * 500_000, "list": [1] * 100_000}).encode()
event = Event(source="s", provider="stripe", id="1", type="a", time=0.0, data=data)
renderer = Renderer([parse("test", text)])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
renderer.decide(StoredEvent(seq=1, event=event, state=EventState.PENDING))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("greedy", GREEDY)
def test_the_memory_has_a_limit(greedy: str) -> None:
    """Templates that are let through and ask for much, with an event of half a megabyte, stay below 300."""
    text = f"title = 'x'\nbody = '''{GREEDY[greedy]}'''\n{HEAD}"
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE], input=text, capture_output=True, text=True, timeout=60, check=True
    )

    assert int(done.stdout) < 300, done.stdout


def test_no_playbook_changes_the_event_for_the_next() -> None:
    """What one of them does with the event leaves it as it was."""
    first = f'title = "{{{{ data.list | sort | first }}}}{{{{ data.list | reverse | first }}}}"\n{HEAD}'
    second = f'title = "{{{{ data.list | join }}}}"\n{HEAD}'
    event = Event(
        source="s",
        provider="stripe",
        id="1",
        type="a",
        time=0.0,
        data=json.dumps({"list": [3, 1, 2]}).encode(),
    )

    decided = Renderer([parse("a", first), parse("b", second)]).decide(
        StoredEvent(seq=1, event=event, state=EventState.PENDING)
    )

    assert [draft.title for draft in decided.drafts] == ["12", "312"]
