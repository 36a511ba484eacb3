"""The built-in playbooks, read as the agent who has to say them aloud would read them."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from relay import demo, tour
from relay.config import load as load_config
from relay.event import EVERYONE, Draft, EventState, StoredEvent, agent_key
from relay.filters import FilterSet
from relay.people import Directory
from relay.peoplefile import read_people
from relay.presence import Presence
from relay.protocol import Priority, Script, Stage
from relay.resources import resource
from relay.routing import Router
from relay.subjects import subject_key
from tests.library_cases import CLOSED, LEFT_OUT, SITUATIONS, VARIANTS
from tests.library_reading import (
    BODY,
    NOW,
    PLAYBOOKS,
    RESIDUE,
    TITLE,
    complaints,
    decide,
    decided,
    event_of,
    fresh,
    judge,
    names,
    put,
    renderer,
    shown,
    spoken,
    with_toast,
)
from tests.relay_process import RelayProcess

ROOT = Path(__file__).parents[1]


def test_every_situation_has_a_playbook_in_both_languages() -> None:
    """For each situation of the trade there is a playbook, with words in English and German."""
    known = {playbook.name: playbook for playbook in PLAYBOOKS}
    for situation, wanted in SITUATIONS.items():
        for name in wanted:
            languages = {script.language for script in known[name].scripts}
            assert languages >= {"en", "de"}, f"{situation}: {name}"


def test_every_playbook_has_a_sample_and_says_what_it_is_for() -> None:
    """Whatever the library can do can be simulated."""
    made = {draft.playbook for sample in names() for draft in decided(sample).drafts}

    assert made == {playbook.name for playbook in PLAYBOOKS}
    for playbook in PLAYBOOKS:
        text = resource(f"playbooks/{playbook.name}.toml").read_text(encoding="utf-8")
        assert text.startswith("# ")
        assert playbook.about.endswith(".")


def test_the_page_about_the_library_names_every_playbook() -> None:
    """Whoever looks for a situation finds the playbook, and no playbook that isn't there."""
    page = (ROOT / "docs/library.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z][a-z-]+)`", page))

    assert {playbook.name for playbook in PLAYBOOKS} <= named
    assert {sample.split("/")[1] for sample in with_toast()} <= set(re.findall(r"`([a-z_]+)`", page))
    assert named - {playbook.name for playbook in PLAYBOOKS} <= {"due", "delivered", "exception", "mention"}


@pytest.mark.parametrize("sample", names())
def test_a_sample_becomes_exactly_one_notification(sample: str) -> None:
    """Each event is about one thing; nothing fails, and nothing is told twice."""
    result = decided(sample)

    assert (result.state, result.detail) == (EventState.NOTIFIED, "")
    assert len(result.drafts) == 1


@pytest.mark.parametrize("sample", with_toast())
def test_title_and_body_fit_on_a_toast(sample: str) -> None:
    """They are read at a glance: short, complete, and without a template's residue."""
    draft = shown(sample)

    assert 0 < len(draft.title) <= TITLE
    assert 0 < len(draft.body) <= BODY
    assert not RESIDUE.search(draft.title.replace("_", ""))
    assert not [found for found in complaints(draft.body, "en") if found != "no end"]
    assert draft.expires is not None
    assert draft.expires > NOW


@pytest.mark.parametrize("sample", with_toast())
def test_scripts_come_in_both_languages(sample: str) -> None:
    """Whoever speaks either language finds the same choice of texts."""
    scripts = shown(sample).scripts
    by_language = {
        language: [script.name for script in scripts if script.language == language]
        for language in ("en", "de")
    }

    assert by_language["en"] == by_language["de"] != []
    assert len(scripts) == 2 * len(by_language["en"])


@pytest.mark.parametrize(("sample", "script"), spoken())
def test_a_script_can_be_read_aloud(sample: str, script: Script) -> None:
    """Nothing is missing, no residue is left, and all of it is in one language."""
    assert script.missing == ()
    assert complaints(script.text, script.language) == []
    assert 60 < len(script.text) < 700, sample
    greeting = ("Hello", "Thank you") if script.language == "en" else ("Guten Tag", "Danke", "Hallo")
    assert script.text.startswith(greeting)


@pytest.mark.parametrize("sample", with_toast())
def test_links_lead_to_where_the_work_is(sample: str) -> None:
    """Every toast has a link, and none of them leads to the same place as another."""
    links = shown(sample).links

    assert links
    assert all(link.url.startswith("https://") for link in links)
    assert len({link.url for link in links}) == len({link.label for link in links}) == len(links)


def test_what_is_urgent_climbs() -> None:
    """What cannot wait is shown once more and then told to the leads, and it is for somebody to take."""
    for playbook in PLAYBOOKS:
        if playbook.priority is Priority.URGENT:
            assert any(rung.again for rung in playbook.escalation), playbook.name
            assert any(rung.leads for rung in playbook.escalation), playbook.name


@pytest.mark.parametrize(("opening", "closing"), CLOSED)
def test_what_closes_a_case_knows_it(opening: str, closing: str) -> None:
    """A later event of the provider withdraws the toast of the case, or takes its place."""
    later = shown(closing)

    assert shown(opening).collapse
    assert shown(opening).collapse in {*later.resolves, later.collapse}
    assert not set(later.resolves) & {later.collapse}


@pytest.mark.parametrize(("sample", "paths", "unsaid"), LEFT_OUT)
def test_what_a_provider_leaves_out_is_not_missed(sample: str, paths: str, unsaid: str) -> None:
    """A name or a reason that is null leaves sentences that are whole, in both languages."""
    data = json.loads(fresh(sample))
    for path in paths.split():
        put(data, path, None)

    judge(sample, decide(sample, data), unsaid=unsaid)


@pytest.mark.parametrize(("sample", "path", "value"), VARIANTS)
def test_each_word_of_a_provider_has_its_sentence(sample: str, path: str, value: object) -> None:
    """Whatever reason or number is given, title, body and scripts stay whole."""
    data = json.loads(fresh(sample))
    put(data, path, value)

    judge(sample, decide(sample, data))


@pytest.mark.parametrize(("people", "flights"), [(2, {"NA 657", "NA 412"}), (4, {"NA 657"}), (12, set())])
def test_only_flights_with_room_for_all_are_offered(people: int, flights: set[str]) -> None:
    """Nobody is offered two seats for a family of four."""
    data = json.loads(fresh("airline/flight_cancelled"))
    put(data, "data.booking.passengers", people)
    (draft,) = decide("airline/flight_cancelled", data).drafts

    for script in draft.scripts:
        assert {flight for flight in ("NA 657", "NA 412") if flight in script.text} == flights


def test_a_change_that_ends_nothing_is_not_told() -> None:
    """An update of a subscription that has nothing to do with its end is nobody's business."""
    data = json.loads(fresh("stripe/subscription_cancelling"))
    put(data, "data.previous_attributes", {"quantity": 1})

    assert decide("stripe/subscription_cancelling", data).state is EventState.UNMATCHED


@pytest.mark.parametrize(
    ("sample", "path", "value"),
    [
        ("shopify/stock_low", "available", None),
        ("shopify/vip_order", "customer", {"first_name": "Ada", "last_name": "B", "tags": ""}),
        ("easypost/delivered", "previous_attributes", {"status": "delivered"}),
        ("aftership/exception", "is_tracking_first_tag", False),
        ("airline/flight_delayed", "data.flight.delay_minutes", 10),
        ("hubspot/contact_created", "changeSource", "IMPORT"),
        ("zendesk/ticket_assigned", "event.current", None),
        ("zendesk/ticket_assigned", "detail.status", "SOLVED"),
        ("zendesk/agent_replied", "event.comment.is_public", False),
        ("zendesk/agent_replied", "event.comment.author.is_staff", False),
        ("zendesk/ticket_solved", "event.current", "PENDING"),
        ("intercom/rated_low", "data.item.conversation_rating.rating", 4),
        ("aircall/call_ringing", "data.direction", "outbound"),
        ("twilio/call_ringing", "Direction", "outbound-api"),
        ("x/mention", "for_user_id", "1604911223344558080"),
        ("x/mention", "tweet_create_events.0.entities.user_mentions", []),
        ("x/mention", "tweet_create_events.0.retweeted_status", {"id_str": "1"}),
    ],
)
def test_what_is_not_worth_a_toast_makes_none(sample: str, path: str, value: object) -> None:
    """Repeated, small and untracked things stay out of the agents' sight."""
    data = json.loads(fresh(sample))
    put(data, path, value)
    if sample == "shopify/vip_order":
        put(data, "total_price", "12.00")

    assert decide(sample, data).state is EventState.UNMATCHED


@pytest.mark.parametrize(
    ("sample", "ids"),
    [
        ("zendesk/ticket_assigned", 'zendesk = "38122"'),
        ("intercom/customer_replied", 'intercom = "3847291"'),
        ("salesforce/lead_created", 'salesforce = "0055g00000DfWb1AAF"'),
        ("twilio/call_ringing", 'twilio = "client:mira"'),
        ("zendesk/sla_breached", ""),
    ],
)
def test_whose_case_it_is_hears_of_it(sample: str, ids: str) -> None:
    """An agent who is known by the provider's id, or by e-mail address, is told alone; otherwise everyone is."""
    known = Directory(read_people(f'[agents."mira@example.com"]\nids = {{ {ids} }}\n'))
    audiences = [routed(sample, directory).audience for directory in (known, Directory(read_people("")))]

    assert audiences == [(agent_key("mira@example.com"),), (EVERYONE,)]


def routed(sample: str, directory: Directory) -> Draft:
    """Return a sample's notification with the audience that it goes to."""
    event = event_of(sample, json.loads(fresh(sample)))
    rendered = renderer().render(StoredEvent(seq=1, event=event, state=EventState.PENDING))
    router = Router(directory, Presence(NOW), FilterSet())
    return router.route(rendered.dispatched.drafts[0], rendered.asked[0], NOW)


def with_sources(relay: RelayProcess, more: str = "") -> None:
    """Give a relay the demonstration's sources, with secrets of their own."""
    folder = relay.folder
    relay.config = demo.prepare(folder)
    written = relay.config.read_text(encoding="utf-8")
    text = re.sub(r"(port = |127\.0\.0\.1:)\d+", rf"\g<1>{relay.port}", written)
    relay.config.write_text(text + more, encoding="utf-8")


def sender(relay: RelayProcess, answers: set[str]) -> Any:
    settings = load_config(relay.config, relay.environ)

    def send(stop: tour.Sample) -> None:
        answers.update(demo.simulate(settings, *stop, url=None, count=1, rate=1))

    return send


def test_every_sample_passes_through_a_real_relay(relay_process: RelayProcess) -> None:
    """Signed as its provider signs, each is believed, stored and dispatched without a fault."""
    with_sources(relay_process)
    relay_process.start()
    answers: set[str] = set()
    number, problems = tour.prove(relay_process.settings(), sender(relay_process, answers))

    assert (number, problems, answers) == (len(names()), [], {"200"})


def test_a_closing_event_takes_the_toast_away(relay_process: RelayProcess) -> None:
    """Through a real relay, what the provider closes is withdrawn for everybody who has it."""
    with_sources(relay_process)
    relay_process.start()
    send = sender(relay_process, set())
    for pair in CLOSED:
        for sample in pair:
            send(tuple(sample.split("/")))
    relay_process.wait_until(
        lambda: all(stored.state is EventState.NOTIFIED for stored in relay_process.events())
    )
    closing = {opening for opening, closing in CLOSED if shown(opening).collapse in shown(closing).resolves}

    assert {shown(opening).collapse for opening in closing} <= asyncio.run(withdrawn(relay_process))


async def withdrawn(relay: RelayProcess) -> set[str]:
    """Return the cases that are withdrawn."""
    async with relay.journal() as journal:
        return {work.collapse for work in await journal.works(limit=200, stages=[Stage.WITHDRAWN])}


def test_a_sample_that_no_playbook_wants_is_told(relay_process: RelayProcess) -> None:
    """The proof believes what became of the events, not that they were sent."""
    own = relay_process.folder / "playbooks"
    own.mkdir()
    (own / "only.toml").write_text('title = "x"\n[when]\ntypes = ["shipment.delivered"]\n', encoding="utf-8")
    with_sources(relay_process, '\n[playbooks]\nfolder = "playbooks"\n')
    relay_process.start()
    number, problems = tour.prove(relay_process.settings(), sender(relay_process, set()))

    assert len(problems) == number - 1
    assert "stripe invoice.payment_failed is unmatched: no playbook wants it" in problems


KNOWN_BY_ADDRESS = {
    "dispute-opened", "dispute-closed", "flight-cancelled", "flight-delayed", "order-shipped", "parcel-arrived",
    "parcel-out-for-delivery", "parcel-problem", "parcel-delivered", "reminder", "notice", "sla-near",
    "sla-breached", "call-incoming", "ticket-new", "score-low",
}  # fmt: skip
"""Their payloads have no id of the customer, or not from every provider."""


@pytest.mark.parametrize("sample", names())
def test_a_customer_is_a_key_and_by_the_provider_s_id(sample: str) -> None:
    """What travels says nothing, and is made of an address or a number only where there is no id."""
    text = fresh(sample).decode()
    said = {*re.findall(r"[\w.+-]+@[\w.-]+", text), *re.findall(r"\+[0-9][0-9 ]{6,}", text)}
    addresses = {subject_key(one, "") for one in said}
    for draft in decided(sample).drafts:
        assert re.fullmatch("|[0-9a-f]{32}", draft.subject)
        assert draft.subject not in addresses or draft.playbook in KNOWN_BY_ADDRESS


def test_one_customer_of_two_providers_is_one() -> None:
    """A parcel at the carrier is put together with its order in the shop."""
    (order,), (parcel,) = (decided(name).drafts for name in ("shopify/order_shipped", "aftership/exception"))

    assert order.subject == parcel.subject != ""
    assert (order.subject_name, parcel.subject_name) == ("Sofia Brandt", "Sofia Brandt")
