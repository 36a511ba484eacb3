"""What is missing, null or of the wrong kind never gets into a text, nor decides by chance."""

import json

import pytest

from relay.event import Dispatched, Event, EventState, StoredEvent
from relay.playbooks import parse
from relay.render import Renderer

WHEN = '[when]\ntypes = ["order.*"]\n'
KEEPS = 'title = "x"\n' + WHEN + '[values]\nv = "data.x"\n[[scripts]]\nname = "Say"\ntext = """{}"""\n'


def decide(playbook: str, data: object) -> Dispatched:
    """Return what one playbook makes of an event with this body."""
    body = json.dumps(data).encode()
    event = Event(source="shop", provider="stripe", id="1", type="order.paid", time=1772193764.0, data=body)
    return Renderer([parse("test", playbook)]).decide(
        StoredEvent(seq=7, event=event, state=EventState.PENDING)
    )


@pytest.mark.parametrize("data", [{"x": None}, {}])
@pytest.mark.parametrize(
    "expression",
    [
        *("'#' ~ data.x", "'#' ~ v", "data.x | string", "data.x | trim", "data.x | striptags"),
        *("data.x | safe", "data.x | escape", "data.x | int", "data.x | float", "v > 5"),
        "[v] | map('string') | join",
    ],
)
def test_null_never_becomes_a_word_or_nought(expression: str, data: object) -> None:
    """What would make "None" or 0 of what isn't there leaves the placeholder, and the desktop refuses it."""
    draft = decide(KEEPS.format(f"it is {{{{ {expression} }}}}"), data).drafts[0]

    assert (draft.scripts[0].text, draft.scripts[0].missing) == (
        f"it is {{{{ {expression} }}}}",
        (expression,),
    )


def test_a_title_of_joined_texts_is_never_none() -> None:
    """A title that lacks a part is a plain notification, and the fault names the expression."""
    playbook = """title = "Stock low: {{ item }}"\n""" + WHEN + """[values]\nitem = "'item ' ~ data.item"\n"""

    result = decide(playbook, {"item": None})

    assert result.state is EventState.FAULT
    assert "{{ item }}: a value is null" in result.detail
    assert "None" not in result.drafts[0].title


@pytest.mark.parametrize("expression", ["'#' ~ (data.x | default(''))", "data.x | default('') | striptags"])
def test_a_list_is_never_said(expression: str) -> None:
    """Where a provider sends a list in a text's place, no brackets are read to a customer."""
    result = decide(KEEPS.format(f"it is {{{{ {expression} }}}}"), {"x": []})

    assert result.drafts[0].scripts == ()
    assert "this is a table or a list, and no text" in result.detail


def test_what_uses_a_value_at_fault_is_at_fault() -> None:
    """A text with a hole where a wrong value was is no text to copy, whatever it does with the value."""
    playbook = (
        'title = "Late"\n' + WHEN + '[values]\nlate = "data.minutes % 60"\nhours = "late // 60"\n'
        '[[scripts]]\nname = "A"\ntext = "{% if hours %}{{ hours }} h {% endif %}late"\n'
        '[[scripts]]\nname = "B"\ntext = "We are sorry. {{ data.minutes }}"\n'
    )

    result = decide(playbook, {"minutes": "195"})

    assert result.state is EventState.FAULT
    assert [script.name for script in result.drafts[0].scripts] == ["B"]
    assert "values.hours: {{ late // 60 }}: the value late could not be had" in result.detail
    assert "scripts.0.text: the value hours could not be had" in result.detail


@pytest.mark.parametrize("total", ["49.00", "abc", "5000", [1], {"a": 1}, None])
def test_a_text_is_never_compared_with_a_number(total: object) -> None:
    """A condition on the wrong kind of value tells people plainly, rather than to be true or false by chance."""
    result = decide('title = "x"\n' + WHEN + 'condition = "data.total > 1000"\n', {"total": total})

    assert result.state is EventState.FAULT
    assert "when.condition: {{ data.total > 1000 }}: " in result.detail
    assert ("| float" in result.detail) is (total is not None)
    assert result.drafts[0].title == "order.paid from shop"


def test_a_text_that_is_made_a_number_is_compared() -> None:
    """What the sentence says is what helps; texts compare with texts, such as days."""
    playbook = (
        'title = "x"\n' + WHEN + """condition = "data.total | float > 1000 and data.day >= '2026-02'"\n"""
    )

    assert decide(playbook, {"total": "1200.00", "day": "2026-02-27"}).state is EventState.NOTIFIED
    assert decide(playbook, {"total": "49.00", "day": "2026-02-27"}).state is EventState.UNMATCHED
