"""Makes the calls that wait in the journal: a few at a time, until each is done or given up.

The journal alone remembers what is to be called. A call that was under way when the process died
is made again, under the same id, by which its receiver can tell that it is the same.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence

from structlog.typing import FilteringBoundLogger

from relay.actionplan import KEY_HEADER, ActionPlan, AddressRefused, Wish, reference_in, stillborn
from relay.calls import Call, CallState, Reply, choose, judge, next_look, note, replaced_by
from relay.claims import SENTENCES, Move, Refusal, Verb, Work
from relay.egress import Egress, Request
from relay.errors import ConfigError, PlaybookError, StorageBusy
from relay.event import EVERYONE, LEADS, Device, Dispatched, StoredEvent
from relay.journal.base import Journal
from relay.people import Directory
from relay.playbooks import ActionTemplate
from relay.protocol import Act, Role, Stage
from relay.render import Renderer
from relay.requests import concerns, governs, led_people
from relay.settings import Actions
from relay.signing import SigningKey, signed_headers, signing_key
from relay.source import Secret

_DICE = random.Random()  # noqa: S311 - spreads retries, and keeps no secret
"""Our own: threads draw from it, and others count on nobody changing what they have seeded."""
LOOK_SECONDS = 5.0
"""So often the journal is looked at without being told: another process may have let a call be retried."""

FETCHED = 1000
"""Waiting calls that are looked at together, so that those to a dead host don't hide the others."""

RETRY_SECONDS = 1.0
"""Before a journal that is busy is asked again."""

AGENT = "deskbell-relay"
"""What we are called in ``User-Agent``."""

GONE = "This button does not do anything any more."
NOT_ALLOWED = {Role.LEAD: "Only a team lead may do this.", Role.ADMIN: "Only an administrator may do this."}
OTHERS = "Only a lead of a team that has this may do it."
UNDER_WAY = "This is under way already."
TOO_OLD = "This notification is too old for that."
UNFILLED = "This cannot be done: the event lacks something that it takes. Please tell your team lead."
REFUSED = "This cannot be done: it leads where the relay may not call. Please tell your team lead."
"""What an agent is told whose button can't be pressed."""

_RANK = {Role.AGENT: 0, Role.LEAD: 1, Role.ADMIN: 2}
_UNLISTED = "cannot be called: the playbook names a secret that [actions] secrets does not list."

Send = Callable[[Request], Awaitable[Reply]]


class Outgoing:
    """The one task that calls other systems, and the one way to ask for it.

    ``renderer`` gives the playbooks of the moment, ``send`` makes a request
    (:meth:`relay.egress.Egress.send`), ``people`` who is in a lead's teams, ``chance`` random numbers
    from 0 to 1.

    Raises:
        ConfigError: a signing key is none.
    """

    def __init__(
        self,
        journal: Journal,
        renderer: Callable[[], Renderer],
        send: Send,
        actions: Actions,
        log: FilteringBoundLogger,
        *,
        people: Callable[[], Directory],
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = _DICE.random,
    ) -> None:
        self._journal, self._renderer, self._send = journal, renderer, send
        self._people = people
        self._actions, self._log, self._clock, self._chance = actions, log, clock, chance
        self._keys = signing_keys(actions)
        self._secrets = {secret.origin: secret for secret in actions.secrets}
        self._made: ActionPlan | None = None
        self._asking = asyncio.Lock()
        self._woken = asyncio.Event()
        self._busy: dict[str, Call] = {}
        self._finished: set[str] = set()

    # Asking for calls

    async def press(self, device: Device, message: Act) -> str:
        """Press a button; return an empty text once the call is on disk, else a sentence for the agent.

        The same request again makes no second call; neither does a colleague, while one is under way.
        """
        async with self._asking:
            found = await self._journal.notification(message.id)
            action = self._plan().find(found.draft.playbook, message.action) if found else None
            work = (await self._journal.work([message.id])).get(message.id)
            refused = _refusal(work, action, device, self._people())
            if refused or found is None:
                return refused
            wish = Wish(
                notification=message.id,
                playbook=found.draft.playbook,
                action=message.action,
                request=message.request,
                by=device.agent.strip().casefold(),
            )
            return await self._add(wish)

    async def build(self, work: Work, action: str, request: str) -> Call | None:
        """Return the call of a rung, for the journal to store with its move.

        One that cannot be made, because the action is gone or can't be filled in, is dead from the
        beginning, so that a person sees it; None only if the notification was made of no event.
        """
        wish = Wish(notification=work.id, playbook=work.playbook, action=action, request=request)
        stored = await self._journal.event_of(work.id, work.playbook)
        if stored is None:
            self._log.error("action-not-called", playbook=work.playbook, action=action, problem="no event")
            return None
        try:
            return self._plan().call(wish, stored, self._clock())
        except PlaybookError as error:
            return self._stillborn(wish, error)

    def automatic(self, stored: StoredEvent, result: Dispatched) -> Dispatched:
        """Return what became of an event with the calls that it makes by itself; to be published together."""
        return self._plan().automatic(stored, result, self._clock())

    def wake(self) -> None:
        """Say that calls were stored."""
        self._woken.set()

    async def _add(self, wish: Wish) -> str:
        stored = await self._journal.event_of(wish.notification, wish.playbook)
        if stored is None:
            return TOO_OLD
        try:
            call = self._plan().call(wish, stored, self._clock())
        except PlaybookError as error:
            await self._journal.add_calls([self._stillborn(wish, error)])
            return REFUSED if isinstance(error, AddressRefused) else UNFILLED
        known = await self._journal.calls(limit=FETCHED, notification=wish.notification)
        if any(one.id == call.id for one in known):
            return ""
        if any(one.action == call.action and one.state is CallState.WAITING for one in known):
            return UNDER_WAY
        await self._journal.add_calls([call])
        self.wake()
        return ""

    def _stillborn(self, wish: Wish, error: PlaybookError) -> Call:
        """Return a call that can't be made as dead from the beginning, so that a person sees it."""
        self._log.error(
            "action-not-called", playbook=wish.playbook, action=wish.action, problem=error.problem
        )
        return stillborn(wish, error.problem, self._clock())

    def _plan(self) -> ActionPlan:
        renderer = self._renderer()
        if self._made is None or self._made.renderer is not renderer:
            self._made = ActionPlan(renderer, hosts=self._actions.hosts)
        return self._made

    # Making them

    async def run(self) -> None:
        """Make what is due, and whatever becomes due, until cancelled.

        Raises:
            ExceptionGroup: with the :class:`relay.errors.StorageBroken` that stopped it.
        """
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._woken.clear()
                try:
                    pause = await self._round(tasks)
                except StorageBusy as error:
                    self._log.warning("calls-wait", reason=str(error))
                    pause = RETRY_SECONDS
                # Not wait_for: before Python 3.12 it may swallow a cancellation.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()

    async def _round(self, tasks: asyncio.TaskGroup) -> float:
        """Begin what is due and finds a slot; return after how many seconds to look again."""
        # What ends while we read may still be waiting in what we have read.
        self._finished.clear()
        now = self._clock()
        found = await self._journal.calls_due(now + LOOK_SECONDS, FETCHED)
        waiting = [call for call in found if call.id not in self._finished]
        for call in choose(waiting, self._busy, now=now, slots=self._actions.at_once):
            self._busy[call.id] = call
            tasks.create_task(self._make(call), name=call.id)
        due = next_look(waiting, self._busy, now)
        return LOOK_SECONDS if due is None else due - now

    async def _make(self, call: Call) -> None:
        try:
            reply = await self._try(call)
            now, chance = self._clock(), self._chance()
            after = judge(call, reply, now=now, chance=chance, tries=self._actions.tries)
            if await self._keep(after):
                self._tell_log(after)
            else:
                self._log.info("call-dropped-meanwhile", call=call.id, playbook=call.playbook)
        finally:
            del self._busy[call.id]
            self._finished.add(call.id)
            self._woken.set()

    async def _try(self, call: Call) -> Reply:
        """Make one request; a bug of ours is a failure of this call, and stops no other."""
        try:
            return await self._send(self._request(call))
        except KeyError:
            return Reply(problem=_UNLISTED, final=True)
        except Exception as error:  # noqa: BLE001 - the named edge of this task: one call at a time
            self._log.error("call-failed", call=call.id, error=type(error).__name__)
            return Reply(problem=f"could not be called ({type(error).__name__}); please report this.")

    def _request(self, call: Call) -> Request:
        """Return the request with its secrets and signatures.

        Raises:
            KeyError: a secret is not among those that playbooks may name.
        """
        hidden, headers, body = list[str](), dict[str, str](), call.body.encode()
        for name, value in call.headers.items():
            if (found := reference_in(value)) is None:
                headers[name] = value
                continue
            scheme, reference = found
            hidden.append(self._secrets[reference].reveal())
            headers[name] = f"{scheme}{hidden[-1]}"
        headers |= {"user-agent": AGENT, KEY_HEADER: call.id}
        if keys := self._signing(call):
            headers |= signed_headers(keys, id_=call.id, at=self._clock(), body=body)
        return Request(method=call.method, url=call.url, headers=headers, body=body, hidden=tuple(hidden))

    def _signing(self, call: Call) -> Sequence[SigningKey]:
        if call.secret:
            return [_key(self._secrets[call.secret], "actions.secrets")]
        now = self._clock()
        return [key for secret, key in self._keys if secret.until is None or now < secret.until]

    async def _keep(self, call: Call) -> bool:
        """Store what a try came to, with what is told of it, however long the journal takes.

        False if somebody has dropped it meanwhile: that stands, and nothing is told.

        Neither without the other: if the process dies before, the call is made again, and only what
        came of that is told.
        """
        text = note(call)
        told = Move(id=call.notification, verb=Verb.NOTE, by=call.by, note=text) if text else None
        while True:
            try:
                return await self._journal.keep_call(call, replaced_by(call), told)
            except StorageBusy as error:
                self._log.warning("calls-wait", reason=str(error))
                await asyncio.sleep(RETRY_SECONDS)

    def _tell_log(self, call: Call) -> None:
        fields = {"call": call.id, "playbook": call.playbook, "action": call.action, "tries": call.tries}
        match call.state:
            case CallState.DONE:
                self._log.info("call-done", host=call.host, **fields)
            case CallState.DEAD:
                self._log.error("call-given-up", problem=call.problem, **fields)
            case _:
                self._log.warning("call-tried", problem=call.problem, again_at=call.due, **fields)


def way_out(actions: Actions) -> Egress:
    """Return the way out as far as the settings open it."""
    return Egress(hosts=actions.hosts, networks=actions.private_networks, seconds=actions.timeout_seconds)


def signing_keys(actions: Actions) -> list[tuple[Secret, SigningKey]]:
    """Return the relay's own keys, oldest first.

    Raises:
        ConfigError: one is none.
    """
    return [(secret, _key(secret, "actions.signing_keys")) for secret in actions.signing_keys]


def _refusal(work: Work | None, action: ActionTemplate | None, device: Device, people: Directory) -> str:
    """Return why a device may not press a button, empty if it may."""
    if work is None or not concerns(work, device.audience_keys()):
        return SENTENCES[Refusal.UNKNOWN]
    if work.stage in {Stage.WITHDRAWN, Stage.EXPIRED}:
        return SENTENCES[Refusal.OVER]
    if action is None or not action.button or action.auto:
        return GONE
    if _RANK[device.role] < _RANK[action.role]:
        return NOT_ALLOWED[action.role]
    if action.role is Role.LEAD and not _leads(work, device, people):
        return OTHERS
    return ""


def _leads(work: Work, device: Device, people: Directory) -> bool:
    """Say whether a lead's button is this lead's. What everyone or every lead has is each lead's."""
    return concerns(work, (EVERYONE, LEADS)) or governs(device, led_people(device, people), work)


def _key(secret: Secret, setting: str) -> SigningKey:
    try:
        return signing_key(secret.reveal())
    except ValueError as error:
        raise ConfigError(setting, f"{error}.", where=secret.origin) from None
