"""Event × playbooks → notifications: match, fill in, address. Pure: no clock, no I/O.

Templates and conditions are MiniJinja: strict about undefined names, without access to Python
objects, with a limit on work (fuel). What an event says is inserted as text and never evaluated.
Nothing is lost: whatever cannot be filled in becomes a plain notification and a visible fault.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import minijinja
import msgspec

from relay.errors import PlaybookError
from relay.event import EVERYONE, Dispatched, Draft, Event, EventState, StoredEvent, agent_key
from relay.formats import FILTERS
from relay.playbooks import Playbook
from relay.protocol import Link, Priority, Script

FUEL = 50_000
"""Steps of the template machine for one template: a long script takes some hundreds."""
MAX_TITLE = 200
MAX_BODY = 2_000
MAX_SCRIPT = 8_000
MAX_URL = 2_000
MAX_AUDIENCE_NAME = 200
"""Characters of rendered text. Longer text is cut and ends in an ellipsis; a longer URL is a fault."""

_WORDS = {"OutOfFuel": "the template does too much work", "UndefinedError": "something is undefined"}
"""What the template engine's kinds of error mean, where it gives no detail."""

_decode = msgspec.json.Decoder().decode
_Context = dict[str, Any]


def _nothing_empty(value: object) -> object:
    """Refuse to write ``None`` into a sentence that somebody says aloud."""
    if value is None:
        raise ValueError("a value is null")
    return value


class Renderer:
    """A set of playbooks with all their templates compiled.

    Raises:
        PlaybookError: a template or an expression does not parse, or uses an unknown filter.
    """

    def __init__(self, playbooks: Sequence[Playbook]) -> None:
        self._playbooks = tuple(playbooks)
        self._templates = minijinja.Environment(
            undefined_behavior="strict",
            fuel=FUEL,
            finalizer=_nothing_empty,
            keep_trailing_newline=False,
            pycompat=False,
            filters=dict(FILTERS),
        )
        for playbook in self._playbooks:
            for field, template in _templates(playbook):
                name = f"{playbook.name}/{field}"
                _guard(playbook.name, field, self._templates.add_template, name, template)

    def __len__(self) -> int:
        return len(self._playbooks)

    def decide(self, stored: StoredEvent) -> Dispatched:
        """Return what becomes of an event: its state, an explanation, and its notifications."""
        event = stored.event
        if event.problem is not None:
            return Dispatched(event_seq=stored.seq, state=EventState.QUARANTINED, detail=event.problem)
        context = _context(event)
        drafts: list[Draft] = []
        faults: list[str] = []
        for playbook in self._playbooks:
            if playbook.wants(event.type, event.provider, event.source):
                draft, problems = self._apply(playbook, event, dict(context))
                faults += problems
                drafts += [draft] if draft else []
        if not drafts:
            return Dispatched(event_seq=stored.seq, state=EventState.UNMATCHED, detail="no playbook wants it")
        state = EventState.FAULT if faults else EventState.NOTIFIED
        return Dispatched(event_seq=stored.seq, state=state, detail="; ".join(faults), drafts=tuple(drafts))

    def _apply(self, playbook: Playbook, event: Event, context: _Context) -> tuple[Draft | None, list[str]]:
        """Fill in one playbook: a draft with what went wrong, or no draft if the condition is false."""
        try:
            self._add_values(playbook, context)
            if playbook.when.condition and not self._truth(playbook, context):
                return None, []
            title = self._line(playbook, "title", context, MAX_TITLE)
            body = self._text(playbook, "body", context, MAX_BODY) if playbook.body else ""
        except PlaybookError as error:
            return plain_draft(event, playbook.name, playbook.audience.fixed_keys()), [str(error)]
        faults: list[str] = []
        draft = Draft(
            id=_notification_id(event, playbook.name),
            source=event.source,
            provider=event.provider,
            type=event.type,
            priority=playbook.priority,
            title=title,
            body=body,
            scripts=tuple(self._scripts(playbook, context, faults)),
            links=tuple(self._links(playbook, context, faults)),
            at=event.time,
            playbook=playbook.name,
            audience=self._audience(playbook, context, faults),
        )
        return draft, faults

    def _add_values(self, playbook: Playbook, context: _Context) -> None:
        """Evaluate ``[values]`` in order; one that is null or undefined stays undefined."""
        for name, expression in playbook.values.items():
            value = self._evaluate(playbook.name, f"values.{name}", expression, context)
            if value is not None:
                context[name] = value

    def _truth(self, playbook: Playbook, context: _Context) -> bool:
        return bool(self._evaluate(playbook.name, "when.condition", playbook.when.condition or "", context))

    def _scripts(self, playbook: Playbook, context: _Context, faults: list[str]) -> Iterator[Script]:
        for number, script in enumerate(playbook.scripts):
            try:
                text = self._text(playbook, f"scripts.{number}.text", context, MAX_SCRIPT)
            except PlaybookError as error:
                faults.append(str(error))
            else:
                yield Script(name=script.name, text=text)

    def _links(self, playbook: Playbook, context: _Context, faults: list[str]) -> Iterator[Link]:
        for number, link in enumerate(playbook.links):
            field = f"links.{number}.url"
            try:
                url = self._render(playbook.name, field, context).strip()
                _check_url(playbook.name, field, url)
            except PlaybookError as error:
                faults.append(str(error))
            else:
                yield Link(label=link.label, url=url)

    def _audience(self, playbook: Playbook, context: _Context, faults: list[str]) -> tuple[str, ...]:
        """Return the audience keys; without an owner the rest of them, and without those everyone."""
        keys = playbook.audience.fixed_keys()
        if playbook.audience.owner is None:
            return keys
        try:
            owner = self._evaluate(playbook.name, "audience.owner", playbook.audience.owner, context)
        except PlaybookError as error:
            faults.append(str(error))
            return keys or (EVERYONE,)
        if isinstance(owner, str) and 0 < len(owner.strip()) <= MAX_AUDIENCE_NAME:
            return (agent_key(owner), *keys)
        if not keys:
            faults.append(f"{playbook.name}: audience.owner: the event names no owner; everyone was told")
        return keys or (EVERYONE,)

    def _line(self, playbook: Playbook, field: str, context: _Context, limit: int) -> str:
        return " ".join(self._text(playbook, field, context, limit).split())

    def _text(self, playbook: Playbook, field: str, context: _Context, limit: int) -> str:
        text = self._render(playbook.name, field, context).strip()
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def _render(self, playbook: str, field: str, context: _Context) -> str:
        rendered = _guard(playbook, field, self._templates.render_template, f"{playbook}/{field}", **context)
        return str(rendered)

    def _evaluate(self, playbook: str, field: str, expression: str, context: _Context) -> object:
        return _guard(playbook, field, self._templates.eval_expr, expression, **context)


def _guard(playbook: str, field: str, call: Callable[..., Any], *args: str, **context: Any) -> Any:
    """Call the template engine; say where it failed and never what the event contained."""
    try:
        return call(*args, **context)
    except minijinja.TemplateError as error:
        # The error's own text may quote the event's data; ``detail`` names only the template's words.
        raise PlaybookError(playbook, field, error.detail or _WORDS.get(error.kind, error.kind)) from None
    except (ValueError, TypeError, OverflowError) as error:
        reason = str(error) if isinstance(error, ValueError) else "a value has the wrong type"
        raise PlaybookError(playbook, field, reason) from None


def _templates(playbook: Playbook) -> Iterator[tuple[str, str]]:
    """Name every template of a playbook by its place in the file; expressions too, to have them parsed."""
    for name, expression in playbook.values.items():
        yield f"values.{name}", f"{{{{ {expression} }}}}"
    if playbook.when.condition:
        yield "when.condition", f"{{{{ {playbook.when.condition} }}}}"
    if playbook.audience.owner:
        yield "audience.owner", f"{{{{ {playbook.audience.owner} }}}}"
    yield "title", playbook.title
    if playbook.body:
        yield "body", playbook.body
    yield from ((f"scripts.{number}.text", script.text) for number, script in enumerate(playbook.scripts))
    yield from ((f"links.{number}.url", link.url) for number, link in enumerate(playbook.links))


def _context(event: Event) -> _Context:
    """Return the names that every template knows: ``data``, the body, and ``event``, what we know of it."""
    about: Mapping[str, object] = {
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "provider": event.provider,
        "time": event.time,
    }
    return {"data": _decode(event.data), "event": about}


def plain_draft(event: Event, playbook: str, audience: tuple[str, ...] = ()) -> Draft:
    """Return the notification of an event whose playbook could not be filled in; for everyone, if unsaid."""
    return Draft(
        id=_notification_id(event, playbook),
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


def _notification_id(event: Event, playbook: str) -> str:
    """Return an id that is the same however often an event is dispatched."""
    name = msgspec.json.encode((event.source, event.id, playbook))
    return hashlib.blake2b(name, digest_size=16).hexdigest()


def _check_url(playbook: str, field: str, url: str) -> None:
    """Refuse an address that a desktop would refuse to open."""
    if len(url) > MAX_URL:
        raise PlaybookError(playbook, field, f"the address is longer than {MAX_URL} characters")
    # A blank is the only space that counts as printable.
    if " " in url or not url.isprintable():
        raise PlaybookError(playbook, field, "the address has spaces or control characters; use | urlencode")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise PlaybookError(playbook, field, "not an address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or "\\" in url:
        raise PlaybookError(playbook, field, "only http and https addresses with a host and no user name")
