"""Filling in playbooks: from an event to words and people, and what happens when it cannot be done."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.drafts import MAX_BODY, MAX_SCRIPT, MAX_TITLE
from relay.errors import PlaybookError
from relay.event import Dispatched, Event, EventState, StoredEvent
from relay.links import MAX_URL
from relay.playbooks import load, parse
from relay.protocol import Priority
from relay.render import Renderer, compiled
from relay.resources import resource

WHEN = '[when]\ntypes = ["order.*"]\n'


def stored(data: object, kind: str = "order.paid", **fields: Any) -> StoredEvent:
    """Return an event as the journal gives it to dispatch."""
    known = {"source": "shop", "provider": "stripe", "id": "evt_1", "type": kind, "time": 1772193764.0}
    event = Event(**{**known, "data": json.dumps(data).encode(), **fields})
    return StoredEvent(seq=7, event=event, state=EventState.PENDING)


def decide(playbook: str, data: object, **fields: Any) -> Dispatched:
    """Return what one playbook makes of an event."""
    return Renderer([parse("test", playbook)]).decide(stored(data, **fields))


@pytest.mark.parametrize(
    ("sample", "provider", "kind", "title", "said"),
    [
        (
            "stripe/payment_failed",
            "stripe",
            "invoice.payment_failed",
            "Payment failed: Maya Lindqvist, €49.00",
            "Maya",
        ),
        (
            "parcel/delivered",
            "generic-hmac",
            "shipment.delivered",
            "Delivered: Jonas Okafor, order AC-20931",
            "Jonas",
        ),
        (
            "airline/flight_delayed",
            "standard-webhooks",
            "flight.delayed",
            "NA 412 is 3 h 15 min late",
            "NA 418 and",
        ),
        ("github/issue_opened", "github", "issues.opened", "New ticket #482", "thank you"),
    ],
)
def test_each_built_in_playbook_speaks_of_its_sample(
    sample: str, provider: str, kind: str, title: str, said: str
) -> None:
    """The shipped playbooks fill in their samples without a fault or a template's residue."""
    renderer = Renderer(load(resource("playbooks")))
    data = json.loads(resource(f"samples/{sample}.json").read_bytes())

    result = renderer.decide(stored(data, kind=kind, provider=provider))

    assert (result.state, result.detail) == (EventState.NOTIFIED, "")
    (draft,) = result.drafts
    assert draft.title.startswith(title)
    assert said in draft.scripts[0].text
    assert draft.links
    assert not {"{", "}", "None", "undefined"} & set(
        (draft.title + draft.body + draft.scripts[0].text).split()
    )


def test_an_event_that_nobody_wants_is_unmatched() -> None:
    """An event without a playbook is kept and says so."""
    result = decide('title = "x"\n' + WHEN, {}, kind="invoice.paid")

    assert result.state is EventState.UNMATCHED
    assert result.drafts == ()


@pytest.mark.parametrize(("amount", "state"), [(6000, EventState.NOTIFIED), (4000, EventState.UNMATCHED)])
def test_the_condition_decides(amount: int, state: EventState) -> None:
    """A playbook is used only if its condition is true."""
    playbook = 'title = "x"\n' + WHEN + 'condition = "data.amount > 5000"\n'

    assert decide(playbook, {"amount": amount}).state is state


def test_a_condition_may_be_a_choice() -> None:
    """A condition is an expression like any other, with the texts as without them."""
    playbook = 'title = "x"\n' + WHEN + """condition = "data.late if data.sent else false"\n"""

    assert decide(playbook, {"sent": True, "late": True}).state is EventState.NOTIFIED
    assert decide(playbook, {"sent": False, "late": True}).state is EventState.UNMATCHED


def test_a_condition_that_fails_tells_people_plainly() -> None:
    """Rather a plain toast too many than an event that nobody hears of."""
    result = decide('title = "x"\n' + WHEN + 'condition = "data.amount > 5000"\n', {})

    assert result.state is EventState.FAULT
    assert "when.condition" in result.detail
    assert "data.amount" in result.detail
    assert result.drafts[0].title == "order.paid from shop"


def test_a_title_that_fails_becomes_a_plain_notification() -> None:
    """The event still reaches its audience, without a script and without template residue."""
    result = decide(
        'title = "{{ data.name }}"\n' + WHEN + '[audience]\nteams = ["billing"]\n', {"secret": "4711"}
    )

    (draft,) = result.drafts
    assert result.state is EventState.FAULT
    assert draft.title == "order.paid from shop"
    assert draft.audience == ("team:billing",)
    assert "{{" not in draft.body


def test_a_fault_never_quotes_the_event() -> None:
    """What goes to logs names the template's words, not the customer's."""
    result = decide('title = "{{ data.name // 2 }}"\n' + WHEN, {"name": "4711-secret"})

    assert "4711" not in result.detail
    assert "test: title: {{ data.name // 2 }}: tried to use // operator" in result.detail


SCRIPT = 'title = "x"\n' + WHEN + '[[scripts]]\nname = "a"\n'


def test_a_script_keeps_the_placeholder_of_what_is_missing() -> None:
    """What the event doesn't say stays as its placeholder, is named, and is no fault; the rest is filled in."""
    text = 'text = "Hi {{ data.name }}, {{data.phone|upper}} and {{ data.order.id }}: {{- data.gone -}} !"\n'
    result = decide(SCRIPT + text, {"name": "Maya", "phone": None})

    (draft,) = result.drafts
    assert result.state is EventState.NOTIFIED
    assert draft.scripts[0].text == "Hi Maya, {{ data.phone|upper }} and {{ data.order.id }}:{{ data.gone }}!"
    assert draft.scripts[0].missing == ("data.phone|upper", "data.order.id", "data.gone")


def test_a_placeholder_of_a_value_stays_too() -> None:
    """A name from ``[values]`` is missing where it is used, not where it is made."""
    values = '[values]\nwho = "data.customer.name"\nowed = "data.amount | money(data.currency)"\n'
    (draft,) = decide(SCRIPT.replace("[[", values + "[[") + 'text = "{{ who }} owes {{ owed }}"\n', {}).drafts

    assert draft.scripts[0].text == "{{ who }} owes {{ owed }}"
    assert draft.scripts[0].missing == ("who", "owed")


def test_a_script_with_a_wrong_value_is_left_out() -> None:
    """Money made of text is a fault that names playbook, field and expression, and never the text."""
    result = decide(SCRIPT + "text = \"{{ data.sum | money('eur') }}\"\n", {"sum": "4711-secret"})

    (draft,) = result.drafts
    assert result.state is EventState.FAULT
    assert draft.title == "x"
    assert draft.scripts == ()
    assert "test: scripts.0.text: {{ data.sum | money('eur') }}: money wants" in result.detail
    assert "4711" not in result.detail


def test_a_script_whose_condition_is_missing_is_left_out() -> None:
    """Only placeholders can stay; a condition that cannot be judged is a fault."""
    result = decide(SCRIPT + 'text = "{{ data.a }}{% if data.nope %}x{% endif %}"\n', {"a": 1})

    assert result.state is EventState.FAULT
    assert result.drafts[0].scripts == ()
    assert "data.nope" in result.detail


def test_null_is_never_said_aloud() -> None:
    """A null in the event is a fault, not the word None."""
    assert decide('title = "Hi {{ data.name }}"\n' + WHEN, {"name": None}).state is EventState.FAULT
    ok = decide("title = \"Hi {{ data.name or 'you' }}\"\n" + WHEN, {"name": None})
    assert ok.drafts[0].title == "Hi you"


def test_values_are_names_for_expressions() -> None:
    """A value may use the ones before it, and a missing one falls back where the template says so."""
    playbook = (
        "title = \"{{ who }} {{ upper }} {{ gone | default('there') }}\"\n"
        + WHEN
        + '[values]\nwho = "data.customer.name"\nupper = "who | upper"\ngone = "data.nope"\n'
    )

    assert decide(playbook, {"customer": {"name": "Maya"}}).drafts[0].title == "Maya MAYA there"


@pytest.mark.parametrize(
    "hostile",
    ["{{ 7 * 7 }}", "{% for i in range(9) %}x{% endfor %}", "${x}", "%s", "{0.__class__}", "<b>x</b>"],
)
def test_what_an_event_says_is_text(hostile: str) -> None:
    """Templates in a payload are drawn as they are and never evaluated."""
    assert decide('title = "{{ data.name }}"\n' + WHEN, {"name": hostile}).drafts[0].title == hostile


@given(st.text(max_size=60))
def test_any_text_comes_through_as_itself(name: str) -> None:
    """Whatever a customer is called is what the body says, but for space around it."""
    body = decide('title = "x"\nbody = "{{ data.name }}"\n' + WHEN, {"name": name}).drafts[0].body

    assert body == name.strip()


def test_an_endless_template_runs_out_of_fuel() -> None:
    """A template may not hold up everybody else's events."""
    endless = "{% for a in range(999) %}{% for b in range(999) %}x{% endfor %}{% endfor %}"
    result = decide(f'title = "{endless}"\n' + WHEN, {})

    assert result.state is EventState.FAULT
    assert "too much work" in result.detail


def test_python_is_out_of_reach() -> None:
    """A template sees the event's data and nothing behind it."""
    result = decide('title = "{{ data.__class__.__mro__ }}"\n' + WHEN, {})

    assert result.state is EventState.FAULT


@pytest.mark.parametrize(
    ("field", "limit"), [("title", MAX_TITLE), ("body", MAX_BODY), ("script", MAX_SCRIPT)]
)
@pytest.mark.parametrize("over", [0, 1])
def test_text_is_cut_at_its_limit(field: str, limit: int, over: int) -> None:
    """Text at the limit is whole; one character more ends in an ellipsis at the limit."""
    playbook = (
        'title = "{{ data.title }}"\nbody = "{{ data.body }}"\n'
        + WHEN
        + '[[scripts]]\nname = "a"\ntext = "{{ data.script }}"\n'
    )
    data = {"title": "t", "body": "b", "script": "s", field: "x" * (limit + over)}
    (draft,) = decide(playbook, data).drafts
    text = {"title": draft.title, "body": draft.body, "script": draft.scripts[0].text}[field]

    assert len(text) == limit
    assert text.endswith("…") is bool(over)


LINK = '[[links]]\nlabel = "a"\nhosts = ["host", "*.pay.example"]\n'


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "\\\\host\\share",
        "https://bank.example@evil.example/",
        "https://",
        "//host/path",
        "https://host/a b",
        "https://host/\u202ereversed",
        "https://[::1",
        "https://host:99999/",
        "https://host/" + "x" * MAX_URL,
    ],
)
def test_a_link_that_no_desktop_should_open_is_left_out(url: str) -> None:
    """Only http and https with a plain host pass; the rest of the notification still comes."""
    result = decide('title = "x"\n' + WHEN + LINK + 'url = "{{ data.url }}"\n', {"url": url})

    assert result.state is EventState.FAULT
    assert result.drafts[0].links == ()
    assert result.drafts[0].title == "x"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("javascript:alert(1)", "begins with https"),
        ("file:///etc/passwd", "begins with https"),
        ("https://u:p@host/", "no user name"),
        ("https://bücher.example/", "plain letters"),
    ],
)
@pytest.mark.parametrize("table", ["links", "actions"])
def test_an_address_that_can_never_be_used_is_refused(table: str, url: str, problem: str) -> None:
    """Of a link or an action alike, and whatever the settings allow."""
    name = 'name = "a"\n' if table == "actions" else ""
    text = f'title = "x"\n{WHEN}[[{table}]]\n{name}label = "a"\nurl = "{url}"\n'
    with pytest.raises(PlaybookError, match=problem) as failed:
        Renderer([parse("p", text)])
    assert failed.value.field == f"{table}.0.url"


def test_what_a_link_lacks_is_named_as_it_was_written() -> None:
    """Without the escaping that the relay puts around it."""
    result = decide('title = "x"\n' + WHEN + LINK + 'url = "https://host/{{ data.order }}"\n', {})

    assert "{{ data.order }}" in result.detail
    assert "urlencode" not in result.detail


def test_values_in_a_link_can_be_escaped() -> None:
    """A value with special characters stays inside its place in the address."""
    playbook = (
        'title = "x"\n'
        + WHEN
        + '[[links]]\nlabel = "a"\nurl = "https://h.example/?q={{ data.q | urlencode }}"\n'
    )

    assert (
        decide(playbook, {"q": "a b&c=d#e"}).drafts[0].links[0].url
        == "https://h.example/?q=a%20b%26c%3Dd%23e"
    )


@pytest.mark.parametrize(
    ("data", "audience", "state"),
    [
        ({"owner": "Mira@Example.com"}, ("agent:mira@example.com",), EventState.NOTIFIED),
        ({"owner": None}, ("everyone",), EventState.FAULT),
        ({"owner": ""}, ("everyone",), EventState.FAULT),
        ({"owner": 7}, ("everyone",), EventState.FAULT),
        ({"owner": "x" * 201}, ("everyone",), EventState.FAULT),
    ],
)
def test_the_owner_is_found_in_the_event(
    data: Mapping[str, object], audience: tuple[str, ...], state: EventState
) -> None:
    """The owner's address is an audience; without one everybody hears of it, visibly as a fault."""
    result = decide('title = "x"\n' + WHEN + '[audience]\nowner = "data.owner"\n', data)

    assert result.drafts[0].audience == audience
    assert result.state is state


def test_without_an_owner_the_team_is_told() -> None:
    """A team beside the owner is the fallback, and that is no fault."""
    playbook = 'title = "x"\n' + WHEN + '[audience]\nowner = "data.owner"\nteams = ["billing"]\n'

    assert decide(playbook, {"owner": "a@b.example"}).drafts[0].audience == (
        "agent:a@b.example",
        "team:billing",
    )
    alone = decide(playbook, {"owner": None})
    assert (alone.drafts[0].audience, alone.state) == (("team:billing",), EventState.NOTIFIED)


def test_a_fallback_for_everyone_is_meant_so() -> None:
    """If the owner is unknown and the playbook says that everyone is told then, nothing is wrong."""
    audience = '[audience]\nowner = "data.agent"\n[[audience.fallback]]\n'
    everyone = decide('title = "x"\n' + WHEN + audience + "everyone = true\n", {"agent": ""})
    nobody = decide('title = "x"\n' + WHEN + '[audience]\nowner = "data.agent"\n', {"agent": ""})

    assert everyone.state is EventState.NOTIFIED
    assert everyone.drafts[0].audience == nobody.drafts[0].audience == ("everyone",)
    assert nobody.state is EventState.FAULT


def test_a_quarantined_event_is_not_rendered() -> None:
    """Nothing is shown of a body that could not be read."""
    renderer = Renderer([parse("test", 'title = "x"\n[when]\ntypes = ["*"]\n')])
    result = renderer.decide(stored({}, problem="not JSON"))

    assert (result.state, result.detail, result.drafts) == (EventState.QUARANTINED, "not JSON", ())


def test_the_id_is_the_same_each_time_and_differs_by_playbook() -> None:
    """Dispatching twice gives the same ids, so that no desktop shows an event twice."""
    one, two = parse("one", 'title = "x"\n' + WHEN), parse("two", 'title = "x"\n' + WHEN)
    first = Renderer([one, two]).decide(stored({}))
    again = Renderer([one, two]).decide(stored({}))

    assert [draft.id for draft in first.drafts] == [draft.id for draft in again.drafts]
    assert len({draft.id for draft in first.drafts}) == 2


@pytest.mark.parametrize(
    ("playbook", "field"),
    [
        ('title = "{{ data.name "\n' + WHEN, "title"),
        ('title = "x"\n' + WHEN + 'condition = "data.a >"\n', "when.condition"),
        ('title = "x"\n' + WHEN + '[values]\na = "1 +"\n', "values.a"),
        ('title = "x"\n' + WHEN + '[audience]\nowner = ")("\n', "audience.owner"),
        ('title = "{{ data.name | shout }}"\n' + WHEN, "title"),
        ('title = "{% if data.name is loud %}x{% endif %}"\n' + WHEN, "title"),
        ('title = "{{ data.name | indent(9) }}"\n' + WHEN, "title"),
        ('title = "x"\n' + WHEN + '[[scripts]]\nname = "a"\ntext = "{% if %}"\n', "scripts.0.text"),
    ],
)
def test_a_template_that_does_not_parse_stops_the_start(playbook: str, field: str) -> None:
    """A syntax error is found before the first event, with the playbook and the field."""
    with pytest.raises(PlaybookError) as caught:
        Renderer([parse("test", playbook)])
    assert (caught.value.playbook, caught.value.field) == ("test", field)


def test_priority_and_time_come_from_playbook_and_event() -> None:
    """A draft carries what the toast needs beside its words."""
    (draft,) = decide('title = "x"\npriority = "urgent"\n' + WHEN, {}).drafts

    assert (draft.priority, draft.at, draft.source, draft.type) == (
        Priority.URGENT,
        1772193764.0,
        "shop",
        "order.paid",
    )


def test_a_value_knows_only_those_before_it() -> None:
    """Values are filled in one after the other, in every text all of them are known."""
    renderer = compiled([("x", 'title = "{{ b }}"\n[when]\ntypes = ["*"]\n[values]\na = "1"\nb = "a + 1"\n')])
    assert len(renderer) == 1
    with pytest.raises(PlaybookError, match=r"x.toml:5: values.b: a is unknown"):
        compiled([("x", 'title = "{{ b }}"\n[when]\ntypes = ["*"]\n[values]\nb = "a + 1"\na = "1"\n')])
