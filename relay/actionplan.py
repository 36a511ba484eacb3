"""An action of a playbook × an event → a call that is ready to be made. Pure.

Whatever asks for it (a button, the event itself, an escalation) gets the same call here. Secrets
stay references: a header that the playbook writes as ``env:NAME`` or ``Bearer env:NAME`` is filled in
when the call is made, and what an event says can never become such a reference.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from relay import links
from relay.calls import Call, CallState, call_id
from relay.errors import PlaybookError
from relay.event import Dispatched, EventState, StoredEvent
from relay.jsonbody import CONTENT_TYPE, JSON_TYPE, is_json
from relay.playbooks import ActionTemplate, Playbook
from relay.render import Renderer
from relay.settings import Actions
from relay.signing import ID_HEADER, SIGNATURE_HEADER, TIME_HEADER

MAX_BODY = 200_000
"""Characters of a filled body; what a template may write at all."""
MAX_HEADER = 4_000

KEY_HEADER = "idempotency-key"
"""Draft standard, and what most APIs with such a thing call it."""

OURS = frozenset({ID_HEADER, TIME_HEADER, SIGNATURE_HEADER, KEY_HEADER, "host", "content-length"}) | {
    "connection", "transfer-encoding", "te", "trailer", "upgrade", "expect", "accept-encoding",
}  # fmt: skip
"""Headers that the relay sets itself, or that belong to the connection."""

_REFERENCE = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9-]{0,30} +)?(?P<at>(?:env|file|credential):\S+)", re.ASCII
)
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", re.ASCII)


class AddressRefused(PlaybookError):
    """An action is filled in, and its address is not one that may be called."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """That an action be called for a notification. The same ``request`` twice is one wish."""

    notification: str
    playbook: str
    action: str
    request: str
    by: str = ""


def reference_in(value: str) -> tuple[str, str] | None:
    """Split a header's value into what stands before a reference to a secret, and the reference."""
    found = _REFERENCE.fullmatch(value.strip())
    return (found["scheme"] or "", found["at"]) if found else None


def references(playbook: Playbook) -> Iterator[tuple[str, str]]:
    """Yield the references to secrets that a playbook's actions name, each after its place."""
    for number, action in enumerate(playbook.actions):
        if action.secret:
            yield f"actions.{number}.secret", action.secret
        for name, value in action.headers.items():
            if found := reference_in(value):
                yield f"actions.{number}.headers.{name}", found[1]


def check(playbooks: Sequence[Playbook], actions: Actions) -> None:
    """Refuse playbooks whose actions could never be called with these settings.

    Raises:
        PlaybookError: a header that isn't theirs to set, an address that ``[actions]`` keeps from being
            called whatever the event says, or a secret that it doesn't list.
    """
    secrets = {secret.origin for secret in actions.secrets}
    for playbook in playbooks:
        for number, action in enumerate(playbook.actions):
            _check_headers(playbook.name, f"actions.{number}", action.headers)
            try:
                _check_place(action.url, actions)
            except ValueError as error:
                raise PlaybookError(playbook.name, f"actions.{number}.url", str(error)) from None
        for place, reference in references(playbook):
            if reference not in secrets:
                problem = "this secret is not among those that [actions] secrets lets playbooks name"
                raise PlaybookError(playbook.name, place, problem)


class ActionPlan:
    """The actions of one set of playbooks. ``hosts`` are those of the settings, for addresses from events."""

    def __init__(self, renderer: Renderer, *, hosts: Sequence[str] = ()) -> None:
        self.renderer = renderer
        self._hosts = tuple(hosts)
        self._actions = {
            (playbook.name, action.name): action
            for playbook in renderer.playbooks
            for action in playbook.actions
        }
        self._automatic: dict[str, list[str]] = {}
        for (playbook, name), action in self._actions.items():
            if action.auto:
                self._automatic.setdefault(playbook, []).append(name)

    def find(self, playbook: str, action: str) -> ActionTemplate | None:
        """Return an action, None if there is none of that name (any more)."""
        return self._actions.get((playbook, action))

    def call(self, wish: Wish, stored: StoredEvent, now: float) -> Call:
        """Return the call that an event makes of an action.

        Raises:
            AddressRefused: it would lead where no call may go.
            PlaybookError: the action is gone, or cannot be filled in from this event.
        """
        action = self.find(wish.playbook, wish.action)
        if action is None:
            place = f"actions.{wish.action}"
            raise PlaybookError(wish.playbook, place, "this action doesn't exist any more")
        filled = self.renderer.action(stored, wish.playbook, wish.action)
        try:
            links.Target(action.url, self._hosts, ()).check(filled.url)
            _check_path(filled.url)
        except ValueError as error:
            raise AddressRefused(wish.playbook, f"actions.{wish.action}.url", str(error)) from None
        try:
            headers = _headers(action.headers, filled.headers)
            body = _body(action, headers, filled.body)
        except ValueError as error:
            raise PlaybookError(wish.playbook, f"actions.{wish.action}", str(error)) from None
        return Call(
            id=_id(wish),
            notification=wish.notification,
            playbook=wish.playbook,
            action=wish.action,
            label=action.label,
            by=wish.by,
            method=action.method,
            url=filled.url,
            headers=headers,
            body=body,
            secret=action.secret,
            said=action.said,
            created_at=now,
            due=now,
        )

    def automatic(self, stored: StoredEvent, result: Dispatched, now: float) -> Dispatched:
        """Return what became of an event, with the calls that it makes by itself.

        One that can't be filled in is told in the detail, and stops nothing else.
        """
        calls, faults = list[Call](), list[str]()
        for draft in result.drafts:
            for name in self._automatic.get(draft.playbook, ()):
                wish = Wish(notification=draft.id, playbook=draft.playbook, action=name, request="auto")
                try:
                    calls.append(self.call(wish, stored, now))
                except PlaybookError as error:
                    faults.append(str(error))
        if not (calls or faults):
            return result
        state = EventState.FAULT if faults else result.state
        detail = "; ".join(filter(None, (result.detail, *faults)))
        return msgspec.structs.replace(result, state=state, detail=detail, calls=tuple(calls))


def stillborn(wish: Wish, problem: str, now: float) -> Call:
    """Return a call that could not be made ready: dead, without an address, and with the reason why."""
    return Call(
        id=_id(wish),
        notification=wish.notification,
        playbook=wish.playbook,
        action=wish.action,
        label=wish.action,
        by=wish.by,
        url="",
        created_at=now,
        state=CallState.DEAD,
        due=now,
        problem=problem,
    )


def _id(wish: Wish) -> str:
    return call_id(wish.notification, wish.action, msgspec.json.encode((wish.by, wish.request)).decode())


def _check_headers(playbook: str, place: str, headers: Mapping[str, str]) -> None:
    for name in headers:
        if not _TOKEN.fullmatch(name):
            raise PlaybookError(playbook, f"{place}.headers", f"{name!r} is no name for a header")
        if name.lower() in OURS:
            raise PlaybookError(playbook, f"{place}.headers.{name}", "this header is the relay's own")


def _check_place(template: str, actions: Actions) -> None:
    """Refuse an address that these settings never let be called.

    Raises:
        ValueError: it is plain http where only https is called, or leads to a host that isn't listed.
    """
    host, listed = links.written_host(template), actions.hosts
    if template.strip().lower().startswith("http://") and not actions.private_networks:
        raise ValueError("plain http is only called in [actions] private_networks of the relay's settings")
    if host is None and not listed:
        raise ValueError("the host comes from the event; [actions] hosts has to say where calls may go")
    if host is not None and listed and not links.allowed(host, listed):
        raise ValueError(f"{host} is not one of the hosts in [actions] of the relay's settings")


def _check_path(url: str) -> None:
    """Refuse an address in which something filled in leads upwards.

    Raises:
        ValueError: it does.
    """
    segments = urlsplit(url).path.lower().replace("%2e", ".").split("/")
    if "." in segments or ".." in segments:
        raise ValueError("the address's path has . or .. in it")


def _headers(templates: Mapping[str, str], filled: Mapping[str, str]) -> dict[str, str]:
    """Return the headers by their lower-case names; references stay what the playbook has written.

    Raises:
        ValueError: a value could not stand in a header, or an event tries to name a secret.
    """
    headers = {}
    for name, template in templates.items():
        value = filled[name]
        if reference_in(template):
            headers[name.lower()] = template.strip()
            continue
        if reference_in(value):
            raise ValueError(f"headers.{name}: what the event says looks like a reference to a secret")
        if not (value.isascii() and value.isprintable()) or len(value) > MAX_HEADER:
            raise ValueError(f"headers.{name}: a header has plain letters, on one line, {MAX_HEADER} at most")
        headers[name.lower()] = value
    return headers


def _body(action: ActionTemplate, headers: dict[str, str], body: str) -> str:
    """Return the body; without another content type it is JSON, and has to be.

    Raises:
        ValueError: it isn't.
    """
    if not action.body:
        return ""
    headers.setdefault(CONTENT_TYPE, JSON_TYPE)
    if len(body) > MAX_BODY:
        raise ValueError(f"the body is longer than {MAX_BODY:,} characters")
    if is_json(headers):
        try:
            msgspec.json.decode(body)
        except msgspec.DecodeError:
            raise ValueError("the body is not JSON; is a comma or a quotation mark missing?") from None
    return body
