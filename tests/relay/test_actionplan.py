"""A playbook's action and an event make a call: filled in, escaped, without any secret in it."""

import json
from ipaddress import ip_network

import msgspec
import pytest

from relay.actionplan import ActionPlan, Wish, check, reference_in
from relay.calls import CallState
from relay.errors import PlaybookError
from relay.event import Event, EventState, StoredEvent
from relay.playbooks import Playbook, parse
from relay.render import Renderer
from relay.settings import Actions
from relay.source import Secret

NOW = 1_795_000_000.0

PLAYBOOK = """
title = "Payment failed: {{ data.name }}"
[when]
types = ["payment.failed"]
[values]
mail = "data.mail"
[audience]
everyone = true
[[actions]]
name = "mail"
label = "Send e-mail"
url = "https://mail.example.com/customers/{{ data.name }}/mails?lang={{ data.lang }}"
body = '{"to": "{{ mail }}", "amount": {{ data.amount }}}'
secret = "env:MAIL_KEY"
said = "e-mail sent"
[actions.headers]
Authorization = "Bearer env:MAIL_TOKEN"
X-Customer = "{{ data.name | urlencode }}"
"""


def stored(**data: object) -> StoredEvent:
    """Return an event whose body has these fields, beside the usual ones."""
    body = {"name": "Mira / Sons", "mail": "mira@example.com", "lang": "de", "amount": 49} | data
    event = Event(
        source="shop",
        provider="generic-hmac",
        id="evt_1",
        type="payment.failed",
        time=NOW,
        data=msgspec.json.encode(body),
    )
    return StoredEvent(seq=1, event=event, state=EventState.PENDING)


def plan(text: str = PLAYBOOK, hosts: tuple[str, ...] = ()) -> ActionPlan:
    """Return the actions of one playbook."""
    return ActionPlan(Renderer([parse("failed", text)]), hosts=hosts)


def wish(**more: str) -> Wish:
    """Return a wish of an agent."""
    fields = {
        "notification": "n1",
        "playbook": "failed",
        "action": "mail",
        "request": "r1",
        "by": "mira@example.com",
    }
    return Wish(**(fields | more))


def with_action(line: str, headers: str = "") -> str:
    """Return a playbook with one action; ``line`` is a line of it."""
    head = PLAYBOOK.partition("[[actions]]")[0]
    given = {"url": 'url = "https://mail.example.com/"'} | {line.partition(" ")[0]: line}
    fields = "\n".join(['name = "mail"', 'label = "Send"', *given.values()])
    return f"{head}[[actions]]\n{fields}\n[actions.headers]\n{headers}\n"


def test_an_event_makes_a_call() -> None:
    """Address, headers and body are filled in, each escaped as its place wants it; secrets stay references."""
    call = plan().call(wish(), stored(), NOW)
    assert call.url == "https://mail.example.com/customers/Mira%20%2F%20Sons/mails?lang=de"
    assert json.loads(call.body) == {"to": "mira@example.com", "amount": 49}
    assert call.headers == {
        "authorization": "Bearer env:MAIL_TOKEN",
        "x-customer": "Mira%20%2F%20Sons",
        "content-type": "application/json",
    }
    assert (call.secret, call.said, call.label) == ("env:MAIL_KEY", "e-mail sent", "Send e-mail")
    assert (call.state, call.due, call.created_at) == (CallState.WAITING, NOW, NOW)
    assert (call.notification, call.playbook, call.action, call.by) == (
        "n1",
        "failed",
        "mail",
        "mira@example.com",
    )


def test_the_same_request_of_the_same_agent_is_one_call() -> None:
    """Its id depends on notification, action, agent and request, and not on when it was asked for."""
    first = plan().call(wish(), stored(), NOW)
    assert plan().call(wish(), stored(amount=50), NOW + 9).id == first.id
    others = [
        plan().call(wish(**other), stored(), NOW).id
        for other in ({"request": "r2"}, {"by": "tom@example.com"}, {"notification": "n2"})
    ]
    assert len({first.id, *others}) == 4


def test_what_an_event_says_cannot_break_out() -> None:
    """A customer's name is neither a path, nor a field, nor a second header."""
    call = plan().call(wish(), stored(name="../../admin?x=1#", mail='a", "bcc": "all'), NOW)
    assert call.url.startswith("https://mail.example.com/customers/..%2F..%2Fadmin%3Fx%3D1%23/mails")
    assert json.loads(call.body) == {"to": 'a", "bcc": "all', "amount": 49}


@pytest.mark.parametrize(
    "name", ["env:STRIPE_KEY", "Bearer env:STRIPE_KEY", "file:/etc/passwd", "credential:x"]
)
def test_an_event_cannot_name_a_secret(name: str) -> None:
    """Only what stands in the playbook itself is a reference."""
    text = with_action('said = "x"', 'X-Customer = "{{ data.name }}"')
    with pytest.raises(PlaybookError, match="looks like a reference to a secret"):
        plan(text).call(wish(), stored(name=name), NOW)


@pytest.mark.parametrize("name", ["a\r\nX-Evil: 1", "a\x00b", "Mïra", "x" * 5000])
def test_a_header_has_plain_letters_on_one_line(name: str) -> None:
    """What could begin another header, or be read in two ways, is not sent."""
    text = with_action('said = "x"', 'X-Customer = "{{ data.name }}"')
    with pytest.raises(PlaybookError, match="plain letters"):
        plan(text).call(wish(), stored(name=name), NOW)


def test_an_action_that_is_gone_is_a_clear_error() -> None:
    """The present playbooks count: one that has lost the action, or is gone itself, is named."""
    for gone in ({"action": "refund"}, {"playbook": "paid"}):
        with pytest.raises(PlaybookError, match="this action doesn't exist any more"):
            plan().call(wish(**gone), stored(), NOW)


def test_what_the_event_lacks_is_a_clear_error() -> None:
    """The placeholder is named, and nothing that the event says is quoted."""
    with pytest.raises(PlaybookError, match="mail") as failed:
        plan().call(wish(), stored(mail=None, name="tr0ub4dor"), NOW)
    assert "tr0ub4dor" not in str(failed.value)


@pytest.mark.parametrize(
    ("line", "headers"),
    [
        ('url = "https://mail.example.com/{{ data.only_a }}"', ""),
        ("""body = '{"a": "{{ data.only_a }}"}'""", ""),
        ("body = '{{ data.other | round }}, {{ data.only_a }}'", 'Content-Type = "text/plain"'),
        ('said = "x"', 'X-Customer = "{{ data.only_a }}"'),
    ],
)
@pytest.mark.parametrize("only", [{}, {"only_a": None}, {"only_a": [1]}])
def test_what_is_wrong_is_said_in_the_author_s_words(
    line: str, headers: str, only: dict[str, object]
) -> None:
    """The placeholder as it was written, without what the relay puts around it."""
    with pytest.raises(PlaybookError) as failed:
        plan(with_action(line, headers)).call(wish(), stored(other=1.2, **only), NOW)
    assert failed.value.problem.startswith("{{ data.only_a }}: ")
    assert "|" not in failed.value.problem


@pytest.mark.parametrize("body", ['{"a": {{ mail }}', "to={{ mail }}", '{"a": "{{ mail }}",}'])
def test_a_body_that_is_no_json_is_not_sent(body: str) -> None:
    """Unless its content type is another one."""
    with pytest.raises(PlaybookError, match="not JSON"):
        plan(with_action(f"body = '{body}'")).call(wish(), stored(), NOW)
    text = with_action(f"body = '{body}'", 'Content-Type = "text/plain"')
    assert "mira@example.com" in plan(text).call(wish(), stored(), NOW).body


def test_a_host_from_the_event_has_to_be_listed() -> None:
    """Where a call goes is the company's decision, not the sender's."""
    text = with_action('url = "https://{{ data.host }}/x"')
    with pytest.raises(PlaybookError, match="hosts"):
        plan(text).call(wish(), stored(host="evil.example"), NOW)
    listed = plan(text, hosts=("*.crm.example.com",))
    assert listed.call(wish(), stored(host="eu.crm.example.com"), NOW).url == "https://eu.crm.example.com/x"
    for host in (
        "evil.example",
        "u:p@eu.crm.example.com",
        "eu.crm.example.com\\@evil.example",
        "crm.example.com.evil.example",
    ):
        with pytest.raises(PlaybookError):
            listed.call(wish(), stored(host=host), NOW)


def test_an_automatic_action_is_called_by_the_event() -> None:
    """Each notification of such a playbook brings its call; one that can't be filled in is told, and lost."""
    text = PLAYBOOK.replace('said = "e-mail sent"', "auto = true")
    renderer = Renderer([parse("failed", text)])
    acting, event = ActionPlan(renderer), stored()
    result = acting.automatic(event, renderer.decide(event), NOW)
    assert [(call.action, call.notification) for call in result.calls] == [("mail", result.drafts[0].id)]
    assert acting.automatic(event, renderer.decide(event), NOW + 5).calls[0].id == result.calls[0].id
    lacking = stored(mail=None)
    faulty = acting.automatic(lacking, renderer.decide(lacking), NOW)
    assert (len(faulty.drafts), faulty.calls) == (1, ())
    assert faulty.state is EventState.FAULT
    assert "failed: actions" in faulty.detail


def test_a_button_is_not_called_by_the_event() -> None:
    """Without auto an event only shows the button."""
    renderer = Renderer([parse("failed", PLAYBOOK)])
    result = renderer.decide(stored())
    assert ActionPlan(renderer).automatic(stored(), result, NOW) is result


def playbooks(text: str = PLAYBOOK) -> list[Playbook]:
    """Return one playbook as a set."""
    return [parse("failed", text)]


def settings(*secrets: str, hosts: tuple[str, ...] = ()) -> Actions:
    """Return settings that let playbooks name some secrets and call some hosts."""
    return Actions(secrets=tuple(Secret("tr0ub4dor", origin) for origin in secrets), hosts=hosts)


def test_playbooks_are_checked_against_the_settings() -> None:
    """A secret that isn't listed and a host that may not be called are found at the start."""
    listed = ("env:MAIL_KEY", "env:MAIL_TOKEN")
    check(playbooks(), settings(*listed))
    check(playbooks(), settings(*listed, hosts=("*.example.com",)))
    for secrets in (("env:MAIL_KEY",), ("env:MAIL_TOKEN",), ()):
        with pytest.raises(PlaybookError, match="this secret is not among those"):
            check(playbooks(), settings(*secrets))
    with pytest.raises(PlaybookError, match=r"mail\.example\.com is not one of the hosts"):
        check(playbooks(), settings(*listed, hosts=("crm.example.com",)))


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://mail.example.com/x", "plain http is only called in"),
        ("{{ data.url }}", "the host comes from the event"),
        ("https://{{ data.shop }}.example.com/x", "the host comes from the event"),
    ],
)
def test_an_address_that_could_never_be_called_is_found(url: str, problem: str) -> None:
    """Before anybody presses the button; with the settings that it takes it is right."""
    found = playbooks(with_action(f'url = "{url}"'))
    with pytest.raises(PlaybookError, match=problem) as failed:
        check(found, settings())
    assert failed.value.field == "actions.0.url"
    open_ = Actions(hosts=("*.example.com",), private_networks=(ip_network("10.0.0.0/8"),))
    check(found, open_)


@pytest.mark.parametrize("name", ["Host", "webhook-id", "Content-Length", "Idempotency-Key", '"a b"', '"a:"'])
def test_some_headers_are_not_a_playbook_s(name: str) -> None:
    """What frames a request, and what proves it, is the relay's own."""
    with pytest.raises(PlaybookError, match=r"own|no name for a header"):
        check(playbooks(with_action('said = "x"', f'{name} = "1"')), settings())


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("env:A", ("", "env:A")),
        (" file:token.secret ", ("", "file:token.secret")),
        ("Bearer credential:a-b", ("Bearer ", "credential:a-b")),
        ("Bearer abc", None),
        ("see env:A", ("see ", "env:A")),
        ("a b env:A", None),
        ("environment:A", None),
        ("env:", None),
    ],
)
def test_a_reference_stands_alone_or_after_one_word(value: str, found: tuple[str, str] | None) -> None:
    """As HTTP writes a credential: the scheme, then the secret."""
    assert reference_in(value) == found
