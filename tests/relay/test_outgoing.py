"""Calls from the press of a button to the word that it was done, against real servers and a real journal."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from relay.calls import BACKOFF_SECONDS, DELAY_TOLD_AFTER, TRIES, Call, CallState, Reply, drop
from relay.claims import Move, Verb
from relay.dispatch import Dispatcher
from relay.errors import ConfigError, StorageBusy
from relay.event import EVERYONE, LEADS, Delivery, Device, Event, StoredChange, agent_key, team_key
from relay.journal.base import Journal
from relay.journal.sqlite import SqliteJournal
from relay.log import get_logger
from relay.outgoing import GONE, NOT_ALLOWED, OTHERS, REFUSED, TOO_OLD, UNDER_WAY, UNFILLED, Outgoing, way_out
from relay.people import Directory, People
from relay.playbooks import parse
from relay.protocol import Act, Role
from relay.render import Renderer
from relay.schemes.prepared import check_source
from relay.settings import Actions
from relay.source import Secret, Source
from relay.verify import verify
from tests.relay.conftest import Serve

PATIENCE = 30.0
LEAD: Mapping[str, Any] = {"role": Role.LEAD, "leads": ("billing",)}
KEY = f"whsec_{base64.b64encode(bytes(range(32))).decode()}"
OTHER = f"whsec_{base64.b64encode(bytes(range(32, 64))).decode()}"
UNKNOWN = "This notification is not known any more."

PLAYBOOK = """
title = "Payment failed: {{ data.name }}"
collapse = "invoice/{{ data.invoice }}"
[when]
types = ["payment.failed"]
[audience]
teams = ["billing"]
[[actions]]
name = "mail"
label = "Send e-mail"
url = "{base}/mails"
body = '{"to": "{{ data.mail }}"}'
said = "e-mail sent"
[actions.headers]
Authorization = "Bearer env:MAIL_TOKEN"
[[actions]]
name = "refund"
label = "Refund"
url = "{base}/refunds"
role = "lead"
secret = "env:REFUND_KEY"
[[actions]]
name = "ticket"
label = "Open a ticket"
url = "{base}/tickets"
auto = true
button = false
"""


class Far:
    """A system that is called: notes what arrives, and answers with what it is told, else with 200."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.at_once = self.most_at_once = 0
        self.hold: Callable[[], Awaitable[object]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request (ASGI)."""
        message = await receive()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append((scope["path"], headers, message["body"]))
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        if self.hold is not None:
            await self.hold()
        self.at_once -= 1
        status = self.answers.pop(0) if self.answers else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"no such address tr0ub4dor"})

    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [path for path, _, _ in self.asked]


class Kept:
    """A journal that says what became of each call, and stumbles when it is told to."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.kept: asyncio.Queue[Call] = asyncio.Queue()
        self.looked: asyncio.Queue[int] = asyncio.Queue()
        self.busy, self.refused = 0, asyncio.Event()
        self.after_reading: Callable[[], Awaitable[object]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    async def keep_call(self, call: Call, was: Collection[CallState], told: Move | None = None) -> bool:
        """Store, and say so."""
        if self.busy:
            self.busy -= 1
            self.refused.set()
            raise StorageBusy("the disk is full")
        known = await self._journal.keep_call(call, was, told)
        self.kept.put_nowait(call)
        return known

    async def calls_due(self, now: float, limit: int) -> list[Call]:
        """Read, and say so."""
        found = await self._journal.calls_due(now, limit)
        if self.after_reading is not None:
            await self.after_reading()
        self.looked.put_nowait(len(found))
        return found


class Office:
    """A relay's part that calls out, with its journal, a clock that stands still, and the far system."""

    def __init__(self, journal: Journal, far: Far, base: str, **settings: Any) -> None:
        self.far, self.base, self.now = far, base, 1_795_000_000.0
        self.devices = [desktop(), desktop("omar@example.com", ("sales", "billing"))]
        self.journal = Kept(journal)
        self.renderer = self.read(PLAYBOOK)
        self.actions = Actions(
            **(
                {
                    "signing_keys": (Secret(KEY, "env:KEY"),),
                    "secrets": (Secret("tr0ub4dor", "env:MAIL_TOKEN"), Secret(OTHER, "env:REFUND_KEY")),
                    "private_networks": (ip_network("127.0.0.0/8"),),
                }
                | settings
            )
        )
        self.outgoing = self.open()

    def read(self, text: str) -> Renderer:
        """Return a playbook as a set, with the far system's address."""
        return Renderer([parse("failed", text.replace("{base}", self.base))])

    def open(self, **more: Any) -> Outgoing:
        """Return a new one, as after a restart."""
        send = more.pop("send", way_out(self.actions).send)
        journal = cast("Journal", self.journal)
        return Outgoing(
            journal,
            lambda: self.renderer,
            send,
            self.actions,
            get_logger(),
            people=lambda: Directory(People(), self.devices),
            clock=lambda: self.now,
            chance=lambda: 0.0,
        )

    async def happen(self, number: int = 1, **data: object) -> str:
        """Let an event arrive and be dispatched; return its notification's id."""
        body = {"name": "Mira", "mail": "mira@example.com", "invoice": f"in_{number}"} | data
        event = Event(
            source="shop",
            provider="generic-hmac",
            id=f"evt_{number}",
            type=str(body.pop("type", "payment.failed")),
            time=self.now,
            data=json.dumps(body).encode(),
        )
        appended = await self.journal.append(event)
        (stored,) = await self.journal.pending(1)
        result = self.renderer.decide(stored)
        await self.journal.publish([result])
        found = await self.journal.notifications_of(appended.seq)
        return cast("str", found[-1].draft.id)

    async def press(self, id_: str, action: str = "mail", request: str = "r1", **device: Any) -> str:
        """Press a button at an agent's desktop."""
        return await self.outgoing.press(desktop(**device), Act(id=id_, request=request, action=action))

    @asynccontextmanager
    async def running(self, outgoing: Outgoing | None = None) -> AsyncIterator[None]:
        """Let calls be made."""
        task = asyncio.create_task((outgoing or self.outgoing).run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled() and (error := task.exception()):
                raise error

    async def next(self) -> Call:
        """Wait until something became of a call."""
        return await asyncio.wait_for(self.journal.kept.get(), PATIENCE)

    async def notes(self) -> list[str]:
        """Return what those who have notifications were told."""
        found = await self.journal.notifications_after(0, 100)
        return [one.change.note for one in found if isinstance(one, StoredChange) and one.change.note]


def desktop(agent: str = "Mira@example.com", teams: tuple[str, ...] = ("billing",), **more: Any) -> Device:
    """Return an agent's desktop."""
    return Device(id="d1", agent=agent, teams=teams, name="pc", token_hash=b"", paired_at=0.0, **more)


Use = Callable[[Office], Awaitable[None]]
Run = Callable[..., None]


@pytest.fixture
def run(serve: Serve, tmp_path: Path) -> Run:
    """Give a function that runs a test in an office."""

    def start(use: Use, **settings: Any) -> None:
        far = Far()
        base = f"http://127.0.0.1:{serve(far)}"

        async def work() -> None:
            now = [0.0]
            journal = await SqliteJournal.open(tmp_path / "journal.db", clock=lambda: now[0])
            try:
                office = Office(journal, far, base, **settings)
                now[0] = office.now
                await asyncio.wait_for(use(office), PATIENCE * 2)
            finally:
                await journal.close()

        asyncio.run(work())

    return start


def test_a_button_calls_and_everybody_hears_of_it(run: Run) -> None:
    """The call brings its secret, its key against doubles and a signature; its success is told with who did it."""

    async def use(office: Office) -> None:
        id_ = await office.happen()
        async with office.running():
            assert await office.press(id_) == ""
            done = await office.next()
        assert (done.state, done.tries, done.status) == (CallState.DONE, 1, 200)
        ((path, headers, body),) = office.far.asked
        assert (path, json.loads(body)) == ("/mails", {"to": "mira@example.com"})
        assert headers["authorization"] == "Bearer tr0ub4dor"
        assert headers["idempotency-key"] == headers["webhook-id"] == done.id
        check(headers, body, KEY, office.now)
        (change,) = [
            one for one in await office.journal.notifications_after(0, 9) if isinstance(one, StoredChange)
        ]
        assert (change.change.note, change.change.by) == ("e-mail sent", "mira@example.com")
        assert change.audience == (team_key("billing"),)
        assert "tr0ub4dor" not in str(await office.journal.calls(limit=9))

    run(use)


def check(headers: dict[str, str], body: bytes, secret: str, now: float) -> None:
    """Prove a call as its receiver would."""
    source = check_source(Source(name="x", provider="standard-webhooks", secrets=(Secret(secret),)))
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    # A Standard Webhooks body has a type; our calls have the body that the playbook gives them.
    delivery = Delivery(source="x", method="POST", headers=lines, body=body, received_at=now)
    verify(delivery, source, now)


def test_an_action_may_have_a_key_of_its_own(run: Run) -> None:
    """A receiver with its own key proves the call by that; the relay's own doesn't sign it."""

    async def use(office: Office) -> None:
        async with office.running():
            assert await office.press(await office.happen(), "refund", **LEAD) == ""
            await office.next()
        _, headers, body = office.far.asked[0]
        check(headers, body, OTHER, office.now)
        assert len(headers["webhook-signature"].split()) == 1

    run(use)


def test_without_a_key_calls_are_not_signed(run: Run) -> None:
    """They still have the key by which a repeated one is known."""

    async def use(office: Office) -> None:
        async with office.running():
            await office.press(await office.happen())
            done = await office.next()
        headers = office.far.asked[0][1]
        assert headers["idempotency-key"] == done.id
        assert not [name for name in headers if name.startswith("webhook-")]

    run(use, signing_keys=())


def test_an_expired_key_signs_no_more(run: Run) -> None:
    """While keys are replaced each signs until its day is over."""

    async def use(office: Office) -> None:
        async with office.running():
            await office.press(await office.happen())
            await office.next()
            office.now += 20.0
            await office.press(await office.happen(2))
            await office.next()
        assert [len(headers["webhook-signature"].split()) for _, headers, _ in office.far.asked] == [2, 1]
        check(*office.far.asked[1][1:], OTHER, office.now)

    run(use, signing_keys=(Secret(KEY, "env:A", until=1_795_000_010.0), Secret(OTHER, "env:B")))


def test_the_same_request_makes_one_call(run: Run) -> None:
    """Asked again after a reconnect, the answer is the same and nothing is sent twice."""

    async def use(office: Office) -> None:
        id_ = await office.happen()
        assert [await office.press(id_) for _ in range(3)] == ["", "", ""]
        async with office.running():
            await office.next()
        assert await office.press(id_) == ""
        assert len(await office.journal.calls(limit=9)) == len(office.far.asked) == 1

    run(use)


def test_two_presses_at_once_make_one_call(run: Run) -> None:
    """A colleague who presses while it is under way is told so; afterwards it may be done again."""

    async def use(office: Office) -> None:
        id_ = await office.happen()
        both = asyncio.gather(office.press(id_), office.press(id_, request="r2", agent="tom@example.com"))
        assert sorted(await both) == ["", UNDER_WAY]
        async with office.running():
            await office.next()
            assert await office.press(id_, request="r3", agent="tom@example.com") == ""
            await office.next()
        assert len(office.far.asked) == 2

    run(use)


@pytest.mark.parametrize(
    ("action", "device", "sentence"),
    [
        ("mail", {"teams": ("sales",)}, UNKNOWN),
        ("mail", {"teams": ()}, UNKNOWN),
        ("refund", {}, NOT_ALLOWED[Role.LEAD]),
        ("ticket", {"role": Role.ADMIN}, GONE),
        ("bribe", {}, GONE),
    ],
)
def test_a_button_that_is_not_yours_is_refused(
    run: Run, action: str, device: dict[str, Any], sentence: str
) -> None:
    """Not addressed, not in that role, no button, or none any more: a sentence, and no call."""

    async def use(office: Office) -> None:
        assert await office.press(await office.happen(), action, **device) == sentence
        assert await office.journal.calls(limit=9) == []

    run(use)


@pytest.mark.parametrize(
    ("device", "audience", "holder", "sentence"),
    [
        ({"leads": ("Billing",)}, (), "", ""),
        ({"leads": ("Sales",)}, (), "", OTHERS),
        ({"leads": ()}, (), "", OTHERS),
        ({"leads": ("Sales",)}, (), "mira@example.com", OTHERS),
        ({"leads": ("Sales",)}, (), "omar@example.com", ""),
        ({"leads": ("Sales",)}, (agent_key("lena@example.com"),), "", OTHERS),
        ({"leads": ("Sales",)}, (EVERYONE,), "", ""),
        ({"leads": ("Sales",)}, (LEADS,), "", ""),
        ({"role": Role.ADMIN}, (), "", ""),
    ],
)
def test_a_lead_s_button_is_for_leads_of_a_team_that_has_it(
    run: Run, device: dict[str, Any], audience: tuple[str, ...], holder: str, sentence: str
) -> None:
    """A team that it is addressed to, or that of whoever has claimed it; being addressed oneself isn't enough."""

    async def use(office: Office) -> None:
        id_ = await office.happen()
        keys = (agent_key(holder), team_key("billing"))
        moves = [Move(id=id_, verb=Verb.OPEN, audience=audience)] if audience else []
        moves += [Move(id=id_, verb=Verb.CLAIM, by=holder, keys=keys)] if holder else []
        assert all(moved.ok for moved in await office.journal.move(moves, office.now))
        lena: dict[str, Any] = {"agent": "lena@example.com", "role": Role.LEAD} | device
        assert await office.press(id_, "refund", **lena) == sentence

    run(use)


def test_an_unknown_notification_tells_nothing(run: Run) -> None:
    """It is the same answer as for somebody else's."""

    async def use(office: Office) -> None:
        assert await office.press("nonsense") == UNKNOWN

    run(use)


def test_an_action_that_a_changed_playbook_has_lost_is_gone(run: Run) -> None:
    """The playbooks of the moment count, not those of the toast."""

    async def use(office: Office) -> None:
        id_ = await office.happen()
        office.renderer = office.read(PLAYBOOK.replace('name = "mail"', 'name = "letter"'))
        assert await office.press(id_) == GONE
        assert await office.press(id_, "letter") == ""

    run(use)


def test_what_the_event_lacks_is_told_without_details(run: Run) -> None:
    """The agent gets a sentence, the log the place in the playbook."""

    async def use(office: Office) -> None:
        id_ = await office.happen(mail=None)
        with capture_logs() as logs:
            assert await office.press(id_) == UNFILLED
        (dead,) = await office.journal.calls(limit=9, state=CallState.DEAD)
        assert dead.problem == "{{ data.mail }}: a value is null"
        (line,) = [one for one in logs if one["event"] == "action-not-called"]
        assert (line["playbook"], line["action"]) == ("failed", "mail")

    run(use)


def test_an_address_that_may_not_be_called_is_told_and_kept_for_a_person(run: Run) -> None:
    """The event lacks nothing then, and the sentence doesn't say so; the call is listed as given up."""

    async def use(office: Office) -> None:
        office.renderer = office.read(PLAYBOOK.replace('"{base}/mails"', '"{{ data.url }}"'))
        id_ = await office.happen(url="https://evil.example/x")
        with capture_logs() as logs:
            assert await office.press(id_) == REFUSED
            assert await office.press(id_) == REFUSED
        (dead,) = await office.journal.calls(limit=9)
        assert (dead.state, dead.by, dead.url) == (CallState.DEAD, "mira@example.com", "")
        assert dead.problem == "it leads to a host that is not in 'hosts'"
        assert [line["event"] for line in logs] == ["action-not-called"] * 2

    run(use)


def test_what_was_withdrawn_is_over(run: Run) -> None:
    """When the case was closed elsewhere, its buttons do nothing."""

    async def use(office: Office) -> None:
        id_ = await office.happen()
        await office.journal.move([Move(id=id_, verb=Verb.WITHDRAW)], office.now)
        assert await office.press(id_) == "This is over already."

    run(use)


def test_a_later_event_of_the_case_is_what_is_sent(run: Run) -> None:
    """A notification that was updated in place calls with its newest event."""

    async def use(office: Office) -> None:
        first = await office.happen(1, invoice="in_7", mail="old@example.com")
        assert await office.happen(2, invoice="in_7", mail="new@example.com") == first
        await office.press(first)
        (call,) = await office.journal.calls(limit=9)
        assert json.loads(call.body) == {"to": "new@example.com"}

    run(use)


def test_a_notification_without_an_event_is_too_old(run: Run) -> None:
    """What there is nothing left of can't be called for."""

    async def use(office: Office) -> None:
        id_ = await office.happen()
        draft = (await office.journal.notification(id_)).draft
        await office.journal.announce([replace(draft, id="own", collapse="")])
        assert await office.press("own") == TOO_OLD

    run(use)


def test_a_fault_that_passes_is_tried_again(run: Run) -> None:
    """Five seconds later, as the same call, signed anew."""

    async def use(office: Office) -> None:
        office.far.answers = [503, 200]
        id_ = await office.happen()
        async with office.running():
            await office.press(id_)
            waiting = await office.next()
            assert (waiting.state, waiting.due) == (CallState.WAITING, office.now + BACKOFF_SECONDS[0])
            assert await office.notes() == []
            office.now = waiting.due
            office.outgoing.wake()
            done = await office.next()
        assert (done.state, done.tries) == (CallState.DONE, 2)
        first, second = (headers for _, headers, _ in office.far.asked)
        assert first["webhook-id"] == second["webhook-id"]
        assert first["webhook-timestamp"] != second["webhook-timestamp"]
        assert await office.notes() == ["e-mail sent"]

    run(use)


def test_a_call_is_not_made_before_its_time(run: Run) -> None:
    """However often somebody wakes it."""

    async def use(office: Office) -> None:
        office.far.answers = [503]
        async with office.running():
            await office.press(await office.happen())
            await office.next()
            while not office.journal.looked.empty():
                office.journal.looked.get_nowait()
            for _ in range(3):
                office.outgoing.wake()
                await asyncio.wait_for(office.journal.looked.get(), PATIENCE)
        assert len(office.far.asked) == 1

    run(use)


def test_a_refusal_is_told_and_kept_for_a_person(run: Run) -> None:
    """Those who wait hear that it wasn't done and why; the log has it, and no secret and no answer is in either."""

    async def use(office: Office) -> None:
        office.far.answers = [422]
        with capture_logs() as logs:
            async with office.running():
                await office.press(await office.happen())
                dead = await office.next()
        assert (dead.state, dead.tries, dead.status) == (CallState.DEAD, 1, 422)
        assert dead.quote == "no such address …"
        assert await office.notes() == ["“Send e-mail” could not be done: 127.0.0.1 refused it (422)."]
        (line,) = [one for one in logs if one["event"] == "call-given-up"]
        assert line["log_level"] == "error"
        assert "no such address" not in str(logs)
        assert await office.journal.calls(limit=9, state=CallState.DEAD) == [dead]

    run(use)


def test_a_call_that_never_works_is_given_up_after_all_tries(run: Run) -> None:
    """Told once that it takes longer, and once that it could not be done."""

    async def use(office: Office) -> None:
        office.far.answers = [503] * TRIES
        async with office.running():
            await office.press(await office.happen())
            made = await office.next()
            while made.state is CallState.WAITING:
                office.now = made.due
                office.outgoing.wake()
                made = await office.next()
        assert (made.state, made.tries) == (CallState.DEAD, TRIES)
        delayed, given_up = await office.notes()
        assert delayed == "“Send e-mail” is not done yet; it is tried again."
        assert "could not be done" in given_up
        assert DELAY_TOLD_AFTER < TRIES

    run(use)


def test_a_secret_that_is_not_listed_ends_the_call(run: Run) -> None:
    """A playbook can't send away what the settings don't let it name, even if nobody checked before."""

    async def use(office: Office) -> None:
        async with office.running():
            await office.press(await office.happen())
            dead = await office.next()
        assert dead.state is CallState.DEAD
        assert "does not list" in dead.problem
        assert office.far.asked == []

    run(use, secrets=())


def test_a_wrong_signing_key_stops_the_start(run: Run) -> None:
    """The sentence names the key's place and not its text."""

    async def use(_: Office) -> None:
        pytest.fail("it started")

    with pytest.raises(ConfigError, match=r"env:KEY: actions\.signing_keys: is no signing key") as refused:
        run(use, signing_keys=(Secret("hunter2", "env:KEY"),))
    assert "hunter2" not in str(refused.value)


def test_few_are_made_at_once_and_none_twice(run: Run) -> None:
    """Thirty calls to one host, four slots: never more than two at the same time, each exactly once."""

    async def use(office: Office) -> None:
        office.far.hold = lambda: asyncio.sleep(0.005)
        for number in range(30):
            assert await office.press(await office.happen(number)) == ""
        async with office.running():
            done = []
            for _ in range(30):
                done.append(await office.next())
                office.outgoing.wake()
        assert office.far.most_at_once == 2
        keys = [headers["idempotency-key"] for _, headers, _ in office.far.asked]
        assert len(keys) == len(set(keys)) == len({call.id for call in done}) == 30

    run(use, at_once=4)


def test_a_call_that_ends_while_the_journal_is_read_is_not_made_again(run: Run) -> None:
    """What was read is older than what has just been stored."""

    async def use(office: Office) -> None:
        arrived, read, answered = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def send(_: object) -> Reply:
            arrived.set()
            await read.wait()
            return Reply(status=200)

        async def hold() -> None:
            if arrived.is_set() and not read.is_set():
                # This reading still has the call as waiting; now let it end.
                read.set()
                await office.next()
                await asyncio.sleep(0)
                answered.set()

        tries = 0

        async def counted(request: object) -> Reply:
            nonlocal tries
            tries += 1
            return await send(request)

        outgoing = office.open(send=counted)
        office.journal.after_reading = hold
        await office.press(await office.happen())
        async with office.running(outgoing):
            await asyncio.wait_for(arrived.wait(), PATIENCE)
            while not office.journal.looked.empty():
                office.journal.looked.get_nowait()
            outgoing.wake()
            await asyncio.wait_for(answered.wait(), PATIENCE)
            outgoing.wake()
            for _ in range(2):
                await asyncio.wait_for(office.journal.looked.get(), PATIENCE)
        assert tries == 1

    run(use)


def test_what_was_under_way_at_the_end_is_made_again_as_the_same_call(run: Run) -> None:
    """Killed between the request and its answer: the next process repeats it under the same id."""

    async def use(office: Office) -> None:
        arrived = asyncio.Event()
        loop = asyncio.get_running_loop()

        async def never() -> None:
            loop.call_soon_threadsafe(arrived.set)
            await asyncio.sleep(0.2)

        office.far.hold = never
        await office.press(await office.happen())
        async with office.running():
            await asyncio.wait_for(arrived.wait(), PATIENCE)
        (left,) = await office.journal.calls(limit=9)
        assert (left.state, left.tries) == (CallState.WAITING, 0)
        office.far.hold = None
        async with office.running(office.open()):
            assert (await office.next()).state is CallState.DONE
        ids = [headers["webhook-id"] for _, headers, _ in office.far.asked]
        assert ids == [left.id, left.id]
        assert await office.notes() == ["e-mail sent"]

    run(use)


def test_a_busy_journal_does_not_make_a_call_twice(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done is stored as soon as it can be, and told once."""
    monkeypatch.setattr("relay.outgoing.RETRY_SECONDS", 0.01)

    async def use(office: Office) -> None:
        office.journal.busy = 3
        async with office.running():
            await office.press(await office.happen())
            assert (await office.next()).state is CallState.DONE
        assert len(office.far.asked) == 1
        assert await office.notes() == ["e-mail sent"]

    run(use)


@pytest.mark.parametrize("status", [500, 400, 302])
def test_a_call_that_was_dropped_under_way_is_not_made_again(run: Run, status: int) -> None:
    """What a person has decided stands, whatever the far side says afterwards; nobody is told of a failure."""

    async def use(office: Office) -> None:
        async with dropped_under_way(office, status) as id_:
            for _ in range(2):
                office.outgoing.wake()
                await asyncio.wait_for(office.journal.looked.get(), PATIENCE)
        kept = await office.journal.call(id_)
        assert (kept.state, kept.tries, kept.problem) == (CallState.DROPPED, 0, "Dropped by lea.")
        assert len(office.far.asked) == 1
        assert await office.notes() == []

    run(use)


def test_a_call_that_worked_although_it_was_dropped_is_done(run: Run) -> None:
    """It can't be taken back, and as done nobody makes it once more."""

    async def use(office: Office) -> None:
        async with dropped_under_way(office, 200) as id_:
            pass
        assert (await office.journal.call(id_)).state is CallState.DONE
        assert await office.notes() == ["e-mail sent"]

    run(use)


@asynccontextmanager
async def dropped_under_way(office: Office, status: int) -> AsyncIterator[str]:
    """Let a call be dropped while the far side thinks about its answer; yield its id once that was stored."""
    arrived, answer = asyncio.Event(), asyncio.Event()

    async def send(_: object) -> Reply:
        office.far.asked.append(("", {}, b""))
        arrived.set()
        await answer.wait()
        return Reply(status=status)

    office.outgoing = office.open(send=send)
    await office.press(await office.happen())
    async with office.running():
        await asyncio.wait_for(arrived.wait(), PATIENCE)
        (call,) = await office.journal.calls(limit=9)
        await office.journal.keep_call(drop(call, "lea"), {CallState.WAITING})
        await office.next()
        answer.set()
        await office.next()
        yield call.id


def test_what_was_not_stored_is_not_told(run: Run) -> None:
    """Killed after a refusal that wasn't stored yet: the call is made again, and only its success is told."""

    async def use(office: Office) -> None:
        office.far.answers, office.journal.busy = [400, 200], 1
        await office.press(await office.happen())
        async with office.running():
            await asyncio.wait_for(office.journal.refused.wait(), PATIENCE)
        assert await office.notes() == []
        async with office.running(office.open()):
            done = await office.next()
        assert (done.state, done.tries, len(office.far.asked)) == (CallState.DONE, 1, 2)
        assert await office.notes() == ["e-mail sent"]

    run(use)


def test_a_bug_fails_one_call_and_stops_no_other(run: Run) -> None:
    """It is logged by its kind, and tried again like any fault."""

    async def use(office: Office) -> None:
        async def broken(_: object) -> Reply:
            raise ZeroDivisionError

        outgoing = office.open(send=broken)
        await office.press(await office.happen())
        with capture_logs() as logs:
            async with office.running(outgoing):
                made = await office.next()
        assert (made.state, made.tries) == (CallState.WAITING, 1)
        assert "ZeroDivisionError" in made.problem
        assert "call-failed" in [line["event"] for line in logs]

    run(use)


def test_an_event_calls_by_itself(run: Run) -> None:
    """Dispatched by the relay's own task: the call is stored with the notification, and made."""

    async def use(office: Office) -> None:
        journal = cast("Journal", office.journal)
        dispatcher = Dispatcher(
            journal,
            office.renderer,
            get_logger(),
            automatic=office.outgoing.automatic,
            called=office.outgoing.wake,
            clock=lambda: office.now,
        )
        event = Event(
            source="s",
            provider="p",
            id="e",
            type="payment.failed",
            time=office.now,
            data=b'{"name":"M","invoice":1}',
        )
        await journal.append(event)
        async with office.running():
            task = asyncio.create_task(dispatcher.run())
            done = await office.next()
            task.cancel()
            await asyncio.wait([task])
        assert (done.action, done.by, done.state) == ("ticket", "", CallState.DONE)
        assert office.far.paths() == ["/tickets"]
        assert await office.notes() == ["done"]

    run(use)


def test_an_automatic_call_of_a_later_event_belongs_to_the_case(run: Run) -> None:
    """An event that updates a notification in place tells the result to those who have that one."""

    async def use(office: Office) -> None:
        first = await office.happen(1, invoice="in_7")
        event = Event(
            source="s",
            provider="p",
            id="e2",
            type="payment.failed",
            time=office.now,
            data=b'{"name":"M","invoice":"in_7"}',
        )
        await office.journal.append(event)
        (stored,) = await office.journal.pending(1)
        result = office.outgoing.automatic(stored, office.renderer.decide(stored))
        assert result.calls[0].notification != first
        await office.journal.publish([result])
        (call,) = await office.journal.calls(limit=9)
        assert call.notification == first

    run(use)


def test_a_rung_makes_its_call_with_the_move(run: Run) -> None:
    """The escalation's clock gets the call to store; one that can't be made is dead, with its reason."""

    async def use(office: Office) -> None:
        id_ = await office.happen()
        work = (await office.journal.work([id_]))[id_]
        call = await office.outgoing.build(work, "mail", "climb/1")
        assert call is not None
        again = await office.outgoing.build(work, "mail", "climb/1")
        assert again is not None
        assert again.id == call.id
        with capture_logs() as logs:
            gone = await office.outgoing.build(work, "gone", "climb/1")
            assert gone is not None
            assert (gone.state, gone.problem) == (CallState.DEAD, "this action doesn't exist any more")
            await office.journal.add_calls([gone])
            assert [one.id for one in await office.journal.calls(limit=9)] == [gone.id]
            assert await office.journal.calls_due(gone.due + 1e6, 9) == []
            assert await office.outgoing.build(replace(work, id="other"), "mail", "climb/1") is None
        assert [line["event"] for line in logs] == ["action-not-called"] * 2

    run(use)


def test_a_rung_is_filled_in_from_the_event_of_its_own_playbook(run: Run) -> None:
    """Although the case went on by the words of another one, whose event lacks what the call takes."""

    async def use(office: Office) -> None:
        escalating = '[[escalation]]\nafter = "5m"\naction = "mail"\n'
        office.renderer = office.read(PLAYBOOK + escalating)
        first = await office.happen(1, invoice="in_7")
        noted = PLAYBOOK[: PLAYBOOK.index("[[actions]]")].replace("failed", "noted")
        office.renderer = Renderer([*office.renderer.playbooks, parse("noted", noted)])
        assert await office.happen(2, type="payment.noted", invoice="in_7", mail="") == first
        assert (await office.journal.notification(first)).draft.playbook == "noted"

        work = (await office.journal.work([first]))[first]
        call = await office.outgoing.build(work, "mail", "climb/2")

        assert call is not None
        assert (call.state, call.problem) == (CallState.WAITING, "")
        assert json.loads(call.body) == {"to": "mira@example.com"}

    run(use)


def test_an_agent_named_in_the_audience_may_press(run: Run) -> None:
    """Passed on to somebody outside the team, the button goes with it."""

    async def use(office: Office) -> None:
        id_ = await office.happen()
        outsider: dict[str, Any] = {"agent": "zoe@example.com", "teams": ()}
        assert await office.press(id_, **outsider) == UNKNOWN
        move = Move(
            id=id_,
            verb=Verb.PASS,
            by="mira@example.com",
            keys=(team_key("billing"),),
            audience=(agent_key("zoe@example.com"),),
            holders=("zoe@example.com",),
            until=office.now + 60,
        )
        assert (await office.journal.move([move], office.now))[0].ok
        assert await office.press(id_, **outsider) == ""

    run(use)
