"""What a notification carries beside its words: cases, expiry, plan, people, buttons, languages."""

import json
from typing import Any

import pytest

from relay.errors import PlaybookError
from relay.event import LEADS, Draft, Event, EventState, Mode, Rung, StoredEvent
from relay.playbooks import parse
from relay.protocol import Action, Script
from relay.render import Rendered, Renderer
from relay.subjects import MAX_NAME, subject_key

TIME = 1772193764.0
WHEN = 'title = "x"\n[when]\ntypes = ["order.*"]\n'


def render(playbook: str, data: object, **more: Any) -> Rendered:
    """Return what one playbook makes of an event, with whom it asks for."""
    body = json.dumps(data).encode()
    event = Event(source="shop", provider="stripe", id="evt_1", type="order.paid", time=TIME, data=body)
    stored = StoredEvent(seq=7, event=event, state=EventState.PENDING)
    return Renderer([parse("test", playbook)], **more).render(stored)


def drafted(playbook: str, data: object, **more: Any) -> Draft:
    """Return the one notification."""
    rendered = render(playbook, data, **more)
    assert rendered.dispatched.detail == ""
    (draft,) = rendered.dispatched.drafts
    return draft


def test_each_script_is_written_in_its_language() -> None:
    """One value, money and a day, is said as each language says it, in the playbooks' zone."""
    text = "{{ owed }} {{ data.at | datetime }}"
    playbook = (
        WHEN
        + '[values]\nowed = "data.sum | money(data.currency)"\n'
        + f'[[scripts]]\nname = "Call"\ntext = "{text}"\n'
        + f'[[scripts]]\nname = "Call"\nlanguage = "de"\nversion = "3"\ntext = "{text}"\n'
    )
    draft = drafted(playbook, {"sum": 4900, "currency": "eur", "at": TIME}, zone="Europe/Berlin")

    assert draft.scripts == (
        Script(name="Call", language="en", text="€49.00 27 February at 13:02"),
        Script(name="Call", language="de", version="3", text="49,00 € 27. Februar um 13:02 Uhr"),
    )


def test_the_playbook_s_language_is_that_of_its_title() -> None:
    """A desk that works in German reads German titles."""
    playbook = WHEN.replace('"x"', '"{{ data.sum | money(\'eur\') }}"\nlanguage = "de"')

    assert drafted(playbook, {"sum": 4900}).title == "49,00 €"


def test_times_are_told_from_the_event() -> None:
    """``relative`` counts from when the event came, so that a replay says the same."""
    text = "{{ data.a | relative }}, {{ data.b | relative }}"
    scripts = "".join(
        f'[[scripts]]\nname = "{tag}"\nlanguage = "{tag}"\ntext = "{text}"\n' for tag in ("en", "de")
    )
    draft = drafted(WHEN + scripts, {"a": TIME + 3 * 3600, "b": TIME - 2 * 86400})

    assert [script.text for script in draft.scripts] == [
        "in 3 hours, 2 days ago",
        "in 3 Stunden, vor 2 Tagen",
    ]


def test_a_script_is_left_out_after_its_last_day() -> None:
    """Old words are not said; that is told, and is no fault."""
    playbook = WHEN + "".join(
        f'[[scripts]]\nname = "{day}"\ntext = "t"\nvalid_until = 2026-02-{day}\n' for day in (26, 27)
    )
    result = render(playbook, {}).dispatched

    assert [script.name for script in result.drafts[0].scripts] == ["27"]
    assert result.state is EventState.NOTIFIED
    assert result.detail == "test: scripts.0.text: “26” was valid until 2026-02-26 and is left out"


def test_cases_are_named_and_closed() -> None:
    """The collapse key and the cases that an event closes are filled in."""
    playbook = (
        'collapse = "order/{{ data.id }}"\nresolves = ["order/{{ data.id }}/late", "{{ data.gone }}"]\n'
        + WHEN
    )
    result = render(playbook, {"id": 7}).dispatched

    assert result.drafts[0].collapse == "order/7"
    assert result.drafts[0].resolves == ("order/7/late",)
    assert result.state is EventState.FAULT
    assert "resolves.1: {{ data.gone }}: `data.gone` is undefined" in result.detail


@pytest.mark.parametrize(("length", "kept"), [(300, 300), (301, 0)])
def test_a_case_that_is_too_long_is_none(length: int, kept: int) -> None:
    """Two long keys that are cut might become one, so a longer one is a fault."""
    result = render('collapse = "{{ data.id }}"\n' + WHEN, {"id": "x" * length}).dispatched

    assert len(result.drafts[0].collapse) == kept
    assert result.state is (EventState.NOTIFIED if kept else EventState.FAULT)


def test_a_playbook_without_a_title_only_closes() -> None:
    """Nobody is shown anything: the event closes its case."""
    playbook = 'resolves = ["order/{{ data.id }}"]\n[when]\ntypes = ["order.*"]\n'
    draft = drafted(playbook, {"id": 7})
    failed = render(playbook, {}).dispatched

    assert (draft.silent, draft.resolves, draft.title) == (True, ("order/7",), "")
    assert (failed.state, failed.drafts) == (EventState.FAULT, ())


@pytest.mark.parametrize(
    ("keys", "at", "expires"),
    [
        ("", 0, None),
        ('expires = "2h"\n', 0, TIME + 7200),
        ('expires_at = "data.at"\n', TIME + 60, TIME + 60),
        ('expires_at = "data.at"\n', "2026-02-27T12:03:44Z", TIME + 60),
        ('expires = "2h"\nexpires_at = "data.at"\n', TIME + 60, TIME + 60),
        ('expires = "30s"\nexpires_at = "data.at"\n', TIME + 60, TIME + 30),
        ('expires_at = "data.nope"\n', 0, None),
    ],
)
def test_what_gets_stale_says_when(keys: str, at: object, expires: float | None) -> None:
    """The earlier of what playbook and event say; an event that says nothing leaves it open."""
    assert drafted(keys + WHEN, {"at": at}).expires == (pytest.approx(expires, abs=1) if expires else None)


def test_an_expiry_that_is_no_time_is_a_fault() -> None:
    """The notification comes all the same."""
    result = render('expires_at = "data.at"\n' + WHEN, {"at": "soon-4711"}).dispatched

    assert (result.state, result.drafts[0].expires) == (EventState.FAULT, None)
    assert "expires_at: a date wants" in result.detail
    assert "4711" not in result.detail


def test_the_plan_is_the_playbook_s() -> None:
    """Mode, times and ladder travel with the notification, with the keys of those they name."""
    playbook = (
        'lease = "5m"\n' + WHEN + '[audience]\nteams = ["Billing"]\nmode = "offer"\nseconds = 45\npool = 2\n'
        '[[audience.fallback]]\nteams = ["Support"]\n'
        '[[escalation]]\nafter = "2m"\nagain = true\n'
        '[[escalation]]\nafter = "5m"\nleads = true\nowner = "data.boss"\n'
        '[[escalation]]\nafter = "1h"\neveryone = true\naction = "ring"\n'
        '[[actions]]\nname = "ring"\nlabel = "Ring"\nurl = "https://ring.example/"\nbutton = false\n'
    )
    plan = drafted(playbook, {"boss": "Ida@x.example"}).plan

    assert (plan.mode, plan.lease, plan.offer, plan.pool) == (Mode.OFFER, 300, 45, 2)
    assert plan.ladder == (
        Rung(after=120, again=True),
        Rung(after=300, audience=("lead:billing", "lead:support", "agent:ida@x.example")),
        Rung(after=3600, audience=("everyone",), action="ring"),
    )


def test_the_leads_of_an_audience_without_teams_are_all_leads() -> None:
    """What concerns no team concerns whoever leads one."""
    draft = drafted(WHEN + '[[escalation]]\nafter = "2m"\nleads = true\n', {})

    assert draft.plan.ladder[0].audience == (LEADS,)


def test_what_is_asked_for_travels_beside_the_draft() -> None:
    """Owners and languages of each circle are found in the event; people are somebody else's matter."""
    playbook = (
        WHEN + '[audience]\nowner = "data.owner"\nlanguage = "data.lang"\n'
        '[[audience.fallback]]\nteams = ["a"]\n[[audience.fallback]]\nowner = "data.second"\n'
    )
    (asked,) = render(playbook, {"owner": 38122, "lang": "de", "second": None}).asked

    assert asked is not None
    assert (asked.owners, asked.languages) == (("38122", "", ""), ("de", "", ""))
    assert (
        render(playbook, {"owner": " Zoe@x.example "}).dispatched.drafts[0].routing.owner == "Zoe@x.example"
    )


def test_an_owner_who_cannot_be_found_is_nobody() -> None:
    """An event without an assignee is no fault; a wrong expression is one."""
    nobody = render(WHEN + '[audience]\nowner = "data.assignee.email"\nteams = ["a"]\n', {"assignee": None})
    wrong = render(WHEN + '[audience]\nowner = "data.a // 2"\nteams = ["a"]\n', {"a": "x"})

    assert (nobody.dispatched.state, nobody.dispatched.drafts[0].audience) == (
        EventState.NOTIFIED,
        ("team:a",),
    )
    assert wrong.dispatched.state is EventState.FAULT


ACTION = (
    '[[actions]]\nname = "mail"\nlabel = "Send it"\nconfirm = "To {{ data.to }}?"\n'
    'url = "https://crm.example/{{ data.id }}"\nbody = "{{ data | tojson }}"\n'
    'headers = { Authorization = "env:CRM", X-Case = "{{ data.id }}" }\n'
)


def test_buttons_come_with_their_question() -> None:
    """Only what has a button, and whose question can be asked, is one."""
    more = '[[actions]]\nname = "{0}"\nlabel = "l"\nurl = "https://x.example/"\n{0} = {1}\n'
    playbook = WHEN + ACTION + more.format("auto", "true") + more.format("button", "false")

    assert drafted(playbook, {"to": "Maya"}).actions == (
        Action(name="mail", label="Send it", confirm="To Maya?"),
    )
    failed = render(playbook, {}).dispatched
    assert (failed.state, failed.drafts[0].actions) == (EventState.FAULT, ())


def test_an_action_is_filled_in_when_it_is_called() -> None:
    """Address, headers and body come from the event; what is not there any more is told."""
    renderer = Renderer([parse("test", WHEN + ACTION)])
    event = Event(source="s", provider="p", id="1", type="order.paid", time=TIME, data=b'{"id": "a/b"}')
    stored = StoredEvent(seq=7, event=event, state=EventState.PENDING)
    filled = renderer.action(stored, "test", "mail")

    assert filled.url == "https://crm.example/a%2Fb"
    assert filled.headers == {"Authorization": "env:CRM", "X-Case": "a/b"}
    assert json.loads(filled.body) == {"id": "a/b"}
    with pytest.raises(PlaybookError, match="doesn't exist any more"):
        renderer.action(stored, "test", "fax")


def test_a_sign_of_ours_in_an_event_mixes_nothing_up() -> None:
    """An event with the separator in it is filled in text by text."""
    playbook = WHEN.replace('"x"', '"{{ data.a }}"\nbody = "{{ data.b }}"')
    draft = drafted(playbook, {"a": "one\x1etwo\x1ethree", "b": "body"})

    assert (draft.title.split(), draft.body) == (["one", "two", "three"], "body")


def test_ten_megabytes_are_a_fault() -> None:
    """A template that writes without end costs a plain notification, and nothing else."""
    endless = "{% for i in range(900) %}{{ data.text }}{% endfor %}"
    for text, said in (("x" * 4000, "writes more than 200,000 characters"), ("x" * 10, "")):
        result = render(WHEN + f'[[scripts]]\nname = "a"\ntext = "{endless}"\n', {"text": text}).dispatched
        assert result.drafts[0].title == "x"
        assert said in result.detail


def test_a_table_is_no_text() -> None:
    """Whoever names an object instead of its name does not have braces read out."""
    result = render(WHEN.replace('"x"', '"{{ data.customer }}"'), {"customer": {"name": "4711"}}).dispatched

    assert result.state is EventState.FAULT
    assert "{{ data.customer }}: this is a table or a list" in result.detail
    assert "4711" not in result.detail


def test_a_script_that_uses_a_wrong_value_is_left_out() -> None:
    """The title still comes, as a wrong price is worse than none; the faults name value and script."""
    playbook = (
        WHEN
        + '[values]\nowed = "data.sum | money(\'eur\')"\n[[scripts]]\nname = "a"\ntext = "Pay {{ owed }}"\n'
    )
    result = render(playbook, {"sum": "4711"}).dispatched

    assert result.drafts[0].title == "x"
    assert result.drafts[0].scripts == ()
    assert "scripts.0.text: {{ owed }}: the value owed could not be had" in result.detail
    assert "values.owed: {{ data.sum | money('eur') }}: money wants" in result.detail
    assert "4711" not in result.detail


def test_a_customer_is_named_and_keyed() -> None:
    """The key says nothing, the name is what the card shows; an event without a customer has neither."""
    playbook = 'subject = "{{ data.who | default(\'\') }}"\nsubject_name = "{{ data.name }}"\n' + WHEN
    known = drafted(playbook, {"who": "ana@example.com", "name": "Ana " * 40})
    unknown = drafted(playbook, {"name": "Ana Souza"})

    assert known.subject == subject_key("ana@example.com", "shop")
    assert len(known.subject_name) == MAX_NAME
    assert (unknown.subject, unknown.subject_name) == ("", "")
