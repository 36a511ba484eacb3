"""Event × playbooks → notifications: match and fill in. Pure: no clock, no I/O.

Nothing is lost: whatever cannot be filled in becomes a plain notification and a visible fault.
Whom a notification concerns is decided here only as far as the event says it; :mod:`relay.routing`
knows the people.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from relay import links
from relay.asked import Asked
from relay.drafts import Drafter, Filled
from relay.errors import PlaybookError, as_one, every_problem
from relay.event import EVERYONE, Dispatched, Draft, Event, EventState, StoredEvent
from relay.fields import SEPARATOR, Field, called, fields, together
from relay.formats import tojson
from relay.playbooks import Playbook, read_all
from relay.restraint import Weights, check_expression, check_template, check_total, weigh
from relay.templates import FAULT, Context, Templates, Unfilled
from relay.tomlrecord import line_of

MAX_KINDS = 4096
"""Kinds of event for which is remembered who wants them."""

_decode = msgspec.json.Decoder().decode


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an event, and for each draft whom its playbook asks for.

    None stands for a plain notification: its audience holds as it is.
    """

    dispatched: Dispatched
    asked: tuple[Asked | None, ...] = ()


class FilledAction(msgspec.Struct, frozen=True, kw_only=True):
    """An action of a playbook with the event's words: ready to become a call."""

    url: str
    headers: Mapping[str, str]
    body: str


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in one language."""

    templates: Templates
    name: str
    fields: tuple[Field, ...]
    places: tuple[str, ...]


class _Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A playbook with its templates compiled. The first part has the title and the condition."""

    playbook: Playbook
    parts: tuple[_Part, ...]
    drafter: Drafter


class Renderer:
    """A set of playbooks with all their templates compiled.

    ``zone`` is for times that bring none; ``link_hosts``, if there are any, are the only ones to
    which links may lead.

    Raises:
        PlaybookError: a template or an expression does not parse, or a link could lead anywhere; all
            that is wrong is told.
    """

    def __init__(
        self, playbooks: Sequence[Playbook], *, zone: str = "UTC", link_hosts: Sequence[str] = ()
    ) -> None:
        self.playbooks = tuple(playbooks)
        self._zone, self._link_hosts = zone, tuple(link_hosts)
        self._languages: dict[str, Templates] = {}
        problems = [problem for playbook in self.playbooks for problem in self._problems(playbook)]
        if problems:
            raise as_one(problems)
        self._rules = tuple(map(self._rule, self.playbooks))
        self._wanted: dict[tuple[str, str, str], tuple[_Rule, ...]] = {}

    def __len__(self) -> int:
        return len(self.playbooks)

    def decide(self, stored: StoredEvent) -> Dispatched:
        """Return what becomes of an event without regard to who is there: its state, its notifications."""
        rendered = self.render(stored)
        lost = [
            f"{draft.playbook}: audience.owner: the event names no owner; everyone was told"
            for draft, asked in zip(rendered.dispatched.drafts, rendered.asked, strict=True)
            if asked is not None and asked.audience.owner and draft.audience == (EVERYONE,)
            if not any(one.everyone for one in (asked.audience, *asked.audience.fallback))
        ]
        if not lost:
            return rendered.dispatched
        detail = "; ".join(filter(None, (rendered.dispatched.detail, *lost)))
        return replace(rendered.dispatched, state=EventState.FAULT, detail=detail)

    def render(self, stored: StoredEvent) -> Rendered:
        """Return what becomes of an event, and whom its playbooks ask for."""
        event = stored.event
        if event.problem is not None:
            return _rendered(stored, EventState.QUARANTINED, event.problem)
        drafts: list[tuple[Draft, Asked | None]] = []
        faults: list[str] = []
        notes: list[str] = []
        context: Context | None = None
        for rule in self._rules_for(event):
            context = context or _context(event)
            filled = self._fill(rule, context)
            if filled is not None:
                drafts += rule.drafter.drafts(event, filled)
                faults += filled.faults
                notes += filled.notes
        if not (drafts or faults):
            return _rendered(stored, EventState.UNMATCHED, "no playbook wants it")
        state = EventState.FAULT if faults else EventState.NOTIFIED
        return _rendered(stored, state, "; ".join(faults + notes), drafts)

    def action(self, stored: StoredEvent, playbook: str, action: str) -> FilledAction:
        """Fill in an action of a playbook for an event.

        Raises:
            PlaybookError: there is no such playbook or action any more, or it cannot be filled in.
        """
        rule = next((rule for rule in self._rules if rule.playbook.name == playbook), None)
        known = rule.playbook.actions if rule is not None else ()
        number = next((number for number, one in enumerate(known) if one.name == action), None)
        if rule is None or number is None:
            raise PlaybookError(playbook, f"actions.{action}", "this action doesn't exist any more")
        part, faults = rule.parts[0], list[str]()
        context = self._with_values(rule, part, _context(stored.event), faults)
        prefix, texts = f"actions.{number}.", dict[str, str]()
        for field in called(rule.playbook):
            if field.place.startswith(prefix):
                try:
                    text, _ = part.templates.explain(field.source, context, keep=False, written=field.written)
                except Unfilled as error:
                    raise PlaybookError(playbook, field.place, error.problem) from None
                texts[field.place.removeprefix(prefix)] = text
        headers = {name: texts[f"headers.{name}"].strip() for name in known[number].headers}
        return FilledAction(url=texts["url"].strip(), headers=headers, body=texts["body"])

    # Compiling

    def _rule(self, playbook: Playbook) -> _Rule:
        every = fields(playbook)
        parts: list[_Part] = []
        for language in dict.fromkeys((playbook.language, *(field.language for field in every))):
            own = tuple(field for field in every if field.language == language)
            part = _Part(
                templates=self._templates(playbook, language),
                name=playbook.name,
                fields=own,
                places=tuple(field.place for field in own),
            )
            condition = None if parts else playbook.when.condition
            whole = together(playbook.values, condition, own)
            _compiled(playbook.name, "all texts together", part.templates, part.name, whole)
            parts.append(part)
        return _Rule(playbook=playbook, parts=tuple(parts), drafter=Drafter(playbook, self._link_hosts))

    def _problems(self, playbook: Playbook) -> Iterator[PlaybookError]:
        """Have every template parsed by itself, so that each mistake is told with its place."""
        about = [(f"values.{name}", source) for name, source in playbook.values.items()]
        about += [("when.condition", playbook.when.condition)] if playbook.when.condition else []
        language, limits = playbook.language, weigh(playbook.values)
        try:
            check_total(limits[0])
        except ValueError as error:
            yield PlaybookError(playbook.name, "values", str(error))
        singles = [
            Field(place=place, source=text, language=language, expression=True) for place, text in about
        ]
        for field in (*singles, *fields(playbook), *called(playbook)):
            # Without the brackets that it has among the others: ")(" would be right inside them.
            source = f"{{{{ {field.source} }}}}" if field.expression else field.source
            try:
                _restrained(playbook.name, field, limits)
                templates = self._templates(playbook, field.language)
                _compiled(playbook.name, field.place, templates, f"{playbook.name}/{field.place}", source)
                _known(playbook, field.place, templates, source)
            except PlaybookError as error:
                yield error
        for number, link in enumerate(playbook.links):
            try:
                links.check_template(link.url, link.hosts, self._link_hosts)
            except ValueError as error:
                yield PlaybookError(playbook.name, f"links.{number}.url", str(error))
        for number, action in enumerate(playbook.actions):
            try:
                links.check_beginning(action.url)
            except ValueError as error:
                yield PlaybookError(playbook.name, f"actions.{number}.url", str(error))

    def _templates(self, playbook: Playbook, language: str) -> Templates:
        if language not in self._languages:
            try:
                self._languages[language] = Templates(language, self._zone)
            except ValueError as error:
                raise PlaybookError(playbook.name, "language", str(error)) from None
        return self._languages[language]

    # Matching and filling in

    def _rules_for(self, event: Event) -> tuple[_Rule, ...]:
        kind = (event.type, event.provider, event.source)
        found = self._wanted.get(kind)
        if found is None:
            if len(self._wanted) >= MAX_KINDS:
                self._wanted.clear()
            found = self._wanted[kind] = tuple(rule for rule in self._rules if rule.playbook.wants(*kind))
        return found

    def _fill(self, rule: _Rule, context: Context) -> Filled | None:
        """Fill in all templates of a playbook at once; None if its condition is false."""
        texts: dict[str, str] = {}
        for part in rule.parts:
            try:
                pieces = part.templates.render(part.name, context).split(SEPARATOR)
            except Unfilled:
                return self._fill_singly(rule, context)
            if len(pieces) != len(part.places) + 1:
                # No text at all: the condition is false. More: the event has a separator in it.
                return None if pieces == [""] else self._fill_singly(rule, context)
            texts.update(zip(part.places, pieces[1:], strict=True))
        return Filled(texts=texts, faults=[], notes=[])

    def _fill_singly(self, rule: _Rule, context: Context) -> Filled | None:
        """Fill in template by template, to keep what works and to say what doesn't."""
        playbook, faults = rule.playbook, list[str]()
        texts: dict[str, str] = {}
        missing: dict[str, tuple[str, ...]] = {}
        filled = Filled(texts=texts, missing=missing, faults=faults, notes=[])
        for number, part in enumerate(rule.parts):
            known = self._with_values(rule, part, context, list[str]() if number else faults)
            if number == 0 and playbook.when.condition:
                try:
                    if not part.templates.evaluate(playbook.when.condition, known):
                        return None
                except Unfilled as error:
                    said = f"{{{{ {playbook.when.condition} }}}}: {error.problem}"
                    faults.append(f"{playbook.name}: when.condition: {said}")
                    return filled
            for field in part.fields:
                try:
                    texts[field.place], missing[field.place] = _single(part.templates, field, known)
                except Unfilled as error:
                    faults.append(f"{playbook.name}: {field.place}: {error.problem}")
        return filled

    def _with_values(self, rule: _Rule, part: _Part, context: Context, faults: list[str]) -> Context:
        """Evaluate ``[values]`` in order; what is missing is null, and what cannot be had is a fault."""
        known, playbook = dict(context), rule.playbook
        for name, expression in playbook.values.items():
            try:
                known[name] = part.templates.evaluate(expression, known)
            except Unfilled as error:
                known[name] = None if error.missing else FAULT
                if not error.missing:
                    place = f"{playbook.name}: values.{name}"
                    faults.append(f"{place}: {{{{ {expression} }}}}: {error.problem}")
        return known


def compiled(
    named: Sequence[tuple[str, str]], *, zone: str = "UTC", link_hosts: Sequence[str] = ()
) -> Renderer:
    """Return a renderer of playbooks, by name and text.

    Raises:
        PlaybookError: something is wrong; all of it is told, with its lines.
    """
    playbooks, problems = read_all(named)
    try:
        renderer = Renderer(playbooks, zone=zone, link_hosts=link_hosts)
    except PlaybookError as error:
        text = dict(named)
        for one in every_problem(error):
            line = line_of(text.get(one.playbook, ""), one.field)
            problems.append(PlaybookError(one.playbook, one.field, one.problem, line=line))
        raise as_one(problems) from None
    if problems:
        raise as_one(problems)
    return renderer


def _single(templates: Templates, field: Field, context: Context) -> tuple[str, tuple[str, ...]]:
    """Fill in one template; return the text, and the placeholders that stayed in it."""
    if not field.expression:
        return templates.explain(field.source, context, keep=field.keeps, written=field.written)
    try:
        return tojson(templates.evaluate(field.source, context)), ()
    except Unfilled as error:
        if not error.missing:
            raise
        return tojson(None), ()


def _restrained(playbook: str, field: Field, limits: tuple[Weights, frozenset[str]]) -> None:
    check = check_expression if field.expression else check_template
    try:
        check(field.source, *limits)
    except ValueError as error:
        raise PlaybookError(playbook, field.place, str(error)) from None


def _compiled(playbook: str, place: str, templates: Templates, name: str, source: str) -> None:
    try:
        templates.add(name, source)
    except Unfilled as error:
        raise PlaybookError(playbook, place, error.problem) from None


def _known(playbook: Playbook, place: str, templates: Templates, source: str) -> None:
    """Refuse a name that no event will bring; a value knows those before it."""
    values = list(playbook.values)
    before = values.index(place.removeprefix("values.")) if place.startswith("values.") else len(values)
    try:
        templates.check_names(source, ("data", "event", *values[:before]))
    except Unfilled as error:
        raise PlaybookError(playbook.name, place, error.problem) from None


def _context(event: Event) -> Context:
    """Return the names that every template knows: ``data``, the body, and ``event``, what we know of it."""
    about: Mapping[str, object] = {
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "provider": event.provider,
        "time": event.time,
    }
    return {"data": _decode(event.data), "event": about}


def _rendered(
    stored: StoredEvent, state: EventState, detail: str, drafts: Sequence[tuple[Draft, Asked | None]] = ()
) -> Rendered:
    dispatched = Dispatched(
        event_seq=stored.seq, state=state, detail=detail, drafts=tuple(draft for draft, _ in drafts)
    )
    return Rendered(dispatched=dispatched, asked=tuple(asked for _, asked in drafts))
