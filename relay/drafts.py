"""From a playbook's filled-in texts to a notification: checked, cut, addressed as the event says. Pure."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from relay import links
from relay.asked import Asked
from relay.event import EVERYONE, LEADS, Draft, Event, Plan, Routing, Rung, agent_key, lead_key
from relay.moments import unix_seconds
from relay.playbooks import Playbook, seconds
from relay.protocol import Action, Link, Priority, Script
from relay.subjects import MAX_NAME, subject_key

MAX_TITLE = 200
MAX_BODY = 2_000
MAX_SCRIPT = 8_000
MAX_CONFIRM = 300
"""Characters of rendered text. Longer text is cut and ends in an ellipsis."""
MAX_CASE = 300
"""Characters of a collapse key; a longer one is a fault, since cut ones might be the same."""
MAX_OWNER = 200

_decode = msgspec.json.Decoder().decode


class Filled(msgspec.Struct, kw_only=True):
    """What came out of a playbook's templates, by place; what failed isn't there."""

    texts: Mapping[str, str]
    """Of an expression: its value as JSON."""
    missing: Mapping[str, tuple[str, ...]] = {}
    """Placeholders that stayed in a text."""
    faults: list[str]
    notes: list[str]
    """What is no fault, but worth knowing."""


class Drafter:
    """Makes the notifications of one playbook."""

    def __init__(self, playbook: Playbook, link_hosts: Sequence[str] = ()) -> None:
        self._playbook = playbook
        self._circles = (
            "audience",
            *(f"audience.fallback.{n}" for n in range(len(playbook.audience.fallback))),
        )
        self._scripts = tuple((f"scripts.{n}.text", script) for n, script in enumerate(playbook.scripts))
        self._links = tuple(
            (f"links.{n}.url", link.label, links.Target(link.url, link.hosts, link_hosts))
            for n, link in enumerate(playbook.links)
        )
        self._buttons = tuple(
            (f"actions.{n}.confirm", action)
            for n, action in enumerate(playbook.actions)
            if action.button and not action.auto
        )
        self._asks = any(
            circle.owner or circle.language for circle in (playbook.audience, *playbook.audience.fallback)
        )
        self._always = Asked(audience=playbook.audience)
        self._keys = playbook.audience.fixed_keys()
        self._rungs = tuple(_rungs(playbook))
        self._owned = any(rung.owner for rung in playbook.escalation)
        self._plan = Plan(
            mode=playbook.audience.mode,
            lease=seconds(playbook.lease),
            offer=playbook.audience.seconds,
            pool=playbook.audience.pool,
            ladder=self._rungs,
        )
        self._lifetime = seconds(playbook.expires) if playbook.expires else None

    def drafts(self, event: Event, filled: Filled) -> list[tuple[Draft, Asked | None]]:
        """Return the notification with whom it is for: a plain one without words, none if none is due."""
        playbook = self._playbook
        if not playbook.title:
            return self._silent(event, filled)
        title = " ".join(cut(filled.texts.get("title", ""), MAX_TITLE).split())
        if not title and "title" in filled.texts:
            filled.faults.append(f"{playbook.name}: title: nothing is left of it")
        if not title or (playbook.body and "body" not in filled.texts):
            return [(plain_draft(event, playbook.name, self._keys), None)]
        asked = self._asked(filled)
        owner = asked.owner(0)
        subject = subject_key(filled.texts.get("subject", ""), event.source)
        draft = Draft(
            id=notification_id(event, playbook.name),
            source=event.source,
            provider=event.provider,
            type=event.type,
            priority=playbook.priority,
            title=title,
            body=cut(filled.texts.get("body", ""), MAX_BODY),
            scripts=tuple(self._spoken(event, filled)),
            links=tuple(self._linked(filled)),
            actions=tuple(self._actions(filled)),
            at=event.time,
            playbook=playbook.name,
            audience=self._audience(owner),
            routing=Routing(owner=owner),
            plan=self._plan if not self._owned else self._plan_of(filled),
            collapse=self._case("collapse", filled) if playbook.collapse else "",
            resolves=self._resolves(filled),
            expires=self._expires(event, filled),
            subject=subject,
            subject_name=cut(filled.texts.get("subject_name", ""), MAX_NAME) if subject else "",
        )
        return [(draft, asked)]

    def _silent(self, event: Event, filled: Filled) -> list[tuple[Draft, Asked | None]]:
        """Return what only closes cases; nobody is told of it, nor of its failing."""
        resolves = self._resolves(filled)
        if not resolves:
            return []
        draft = Draft(
            id=notification_id(event, self._playbook.name),
            source=event.source,
            provider=event.provider,
            type=event.type,
            priority=self._playbook.priority,
            title="",
            at=event.time,
            playbook=self._playbook.name,
            audience=self._keys,
            resolves=resolves,
            silent=True,
        )
        return [(draft, None)]

    def _spoken(self, event: Event, filled: Filled) -> Iterator[Script]:
        for place, script in self._scripts:
            if script.valid_until and datetime.fromtimestamp(event.time, UTC).date() > script.valid_until:
                said = f"“{script.name}” was valid until {script.valid_until} and is left out"
                filled.notes.append(f"{self._playbook.name}: {place}: {said}")
            elif place in filled.texts:
                yield Script(
                    name=script.name,
                    text=cut(filled.texts[place], MAX_SCRIPT),
                    language=script.language or self._playbook.language,
                    version=script.version,
                    missing=filled.missing.get(place, ()),
                )

    def _linked(self, filled: Filled) -> Iterator[Link]:
        for place, label, target in self._links:
            if place in filled.texts:
                url = filled.texts[place].strip()
                try:
                    target.check(url)
                    yield Link(label=label, url=url)
                except ValueError as error:
                    self._fault(filled, place, error)

    def _actions(self, filled: Filled) -> Iterator[Action]:
        for place, action in self._buttons:
            # Without its question a button would do something that nobody was asked about.
            if not action.confirm or place in filled.texts:
                confirm = cut(filled.texts.get(place, ""), MAX_CONFIRM)
                yield Action(name=action.name, label=action.label, confirm=confirm)

    def _resolves(self, filled: Filled) -> tuple[str, ...]:
        cases = (self._case(f"resolves.{number}", filled) for number in range(len(self._playbook.resolves)))
        return tuple(dict.fromkeys(filter(None, cases)))

    def _case(self, place: str, filled: Filled) -> str:
        """Return a collapse key; empty, with a fault, if it cannot be one."""
        key = " ".join(filled.texts.get(place, "").split())
        if place in filled.texts and not 0 < len(key) <= MAX_CASE:
            problem = f"longer than {MAX_CASE} characters" if key else "nothing is left of it"
            self._fault(filled, place, ValueError(problem))
            return ""
        return key

    def _expires(self, event: Event, filled: Filled) -> float | None:
        """Return when it is of no use any more: the earlier of what the playbook and the event say."""
        times = [event.time + self._lifetime] if self._lifetime is not None else []
        said = filled.texts.get("expires_at")
        if said is not None and said != "null":
            try:
                times.append(unix_seconds(_decode(said)))
            except ValueError as error:
                self._fault(filled, "expires_at", error)
        return min(times, default=None)

    def _asked(self, filled: Filled) -> Asked:
        audience = self._playbook.audience
        if not self._asks:
            return self._always
        return Asked(
            audience=audience,
            owners=tuple(_named(filled.texts.get(f"{place}.owner")) for place in self._circles),
            languages=tuple(_named(filled.texts.get(f"{place}.language")) for place in self._circles),
        )

    def _audience(self, owner: str) -> tuple[str, ...]:
        """Return the audience keys as far as the event says them; everyone, if it says nothing."""
        keys = (agent_key(owner), *self._keys) if "@" in owner else self._keys
        if keys:
            return tuple(dict.fromkeys(keys))
        return next(
            (one.fixed_keys() for one in self._playbook.audience.fallback if one.fixed_keys()), (EVERYONE,)
        )

    def _plan_of(self, filled: Filled) -> Plan:
        """Return the plan with the owners of its rungs, whom only the event knows."""
        ladder = []
        for number, rung in enumerate(self._rungs):
            owner = _named(filled.texts.get(f"escalation.{number}.owner"))
            keys = (*rung.audience, agent_key(owner)) if "@" in owner else rung.audience
            ladder.append(msgspec.structs.replace(rung, audience=keys))
        return msgspec.structs.replace(self._plan, ladder=tuple(ladder))

    def _fault(self, filled: Filled, place: str, error: ValueError) -> None:
        filled.faults.append(f"{self._playbook.name}: {place}: {error}")


def cut(text: str, limit: int) -> str:
    """Return text without space around it, of at most ``limit`` characters."""
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def plain_draft(event: Event, playbook: str, audience: tuple[str, ...] = ()) -> Draft:
    """Return the notification of an event whose playbook could not be filled in; for everyone, if unsaid."""
    return Draft(
        id=notification_id(event, playbook),
        source=event.source,
        provider=event.provider,
        type=event.type,
        priority=Priority.NORMAL,
        title=f"{event.type} from {event.source}"[:MAX_TITLE],
        body=f"The playbook “{playbook}” could not be filled in. Please tell your team lead.",
        at=event.time,
        playbook=playbook,
        audience=audience or (EVERYONE,),
    )


def notification_id(event: Event, playbook: str) -> str:
    """Return an id that is the same however often an event is dispatched."""
    name = msgspec.json.encode((event.source, event.id, playbook))
    return hashlib.blake2b(name, digest_size=16).hexdigest()


def _rungs(playbook: Playbook) -> Iterator[Rung]:
    """Yield the ladder with the keys that don't depend on the event."""
    teams = dict.fromkeys(
        (*playbook.audience.teams, *(t for one in playbook.audience.fallback for t in one.teams))
    )
    # An audience without a team concerns all who lead one.
    leads = tuple(map(lead_key, teams)) or (LEADS,)
    for rung in playbook.escalation:
        keys = (*rung.fixed_keys(), *(leads if rung.leads else ()))
        yield Rung(
            after=seconds(rung.after),
            again=rung.again,
            audience=tuple(dict.fromkeys(keys)),
            action=rung.action,
        )


def _named(value: str | None) -> str:
    """Return the name or id in a value that travelled as JSON, empty if it is none."""
    found = _decode(value) if value is not None else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    name = str(found).strip()
    return name if len(name) <= MAX_OWNER else ""
