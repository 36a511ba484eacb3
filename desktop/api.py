"""The relay's REST, as far as this desktop needs it: filters, colleagues, why, signing out.

Every call blocks for some seconds at most: run it by :class:`desktop.bridge.Errand`. Every failure
is a sentence for the agent. httpx is imported by the first call: an app at rest doesn't need its 10 MiB.
"""

import os
from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

import msgspec

from desktop.address import Account, parse_address
from desktop.i18n import mark, tr
from desktop.pairing import http_client
from desktop.proxies import BadProxy, Network
from desktop.told import Whole, Why
from desktop.trust import BadAuthority, tls_context
from relay.protocol import Availability, How, Priority

if TYPE_CHECKING:
    import httpx

ANSWER_SECONDS = 15.0
"""A relay that has just started loads this part of it last, and a preview looks at many days."""
MAX_ANSWER = 4 * 1024 * 1024
"""Bytes: filters of a thousand playbooks with their explanations have one or two million."""

T = TypeVar("T")


class ApiFailed(Exception):
    """A call did not work. The text is a sentence for the agent.

    ``stale`` says that somebody else has changed the same thing meanwhile: ask again. ``status`` is
    that of the relay's answer (RFC 9110); 0: there was none that could be read. ``final``: to ask once
    more is of no use.
    """

    def __init__(self, sentence: str, *, stale: bool = False, status: int = 0, final: bool = False) -> None:
        super().__init__(sentence)
        self.stale, self.status, self.final = stale, status, final


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """Layers below may not decide otherwise."""

    by: str = ""
    why: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: a pattern of types or playbooks × relation → how."""

    types: str
    relation: str = "any"
    how: How
    until: float | None = None
    """Unix seconds; afterwards it doesn't hold any more."""
    lock: Lock | None = None


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """What one authority has decided: ``organisation``, ``team:billing`` or ``agent:mira@example.com``."""

    name: str
    rules: tuple[Rule, ...] = ()
    budget: int | None = None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of notification reaches the agent, and why."""

    playbook: str
    type: str
    priority: Priority
    relation: str
    how: How
    because: tuple[str, ...] = ()
    layer: str = ""
    """Whose decision it is."""
    locked_by: str = ""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """The layers that concern the agent, the uppermost first, and what they come to."""

    revision: int
    layers: tuple[Layer, ...] = ()
    effective: tuple[Cell, ...] = ()

    def layer(self, name: str) -> Layer:
        """Return the layer of a name; an empty one if nothing was decided there."""
        return next((layer for layer in self.layers if layer.name == name), Layer(name=name))


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would have done to the last days, in sentences."""

    sentences: tuple[str, ...] = ()


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to whom work can be passed on."""

    agent: str
    name: str
    teams: tuple[str, ...] = ()
    state: Availability | None = None
    """None: no desktop is connected, or the relay is too old to say so."""


class People(msgspec.Struct, frozen=True, kw_only=True):
    """To whom work can be passed on."""

    agents: tuple[Colleague, ...] = ()
    teams: tuple[str, ...] = ()


class _Revision(msgspec.Struct, frozen=True):
    revision: int


class _Problem(msgspec.Struct, frozen=True):
    error: str = ""


class RelayApi:
    """The API of one relay for one signed-in device."""

    def __init__(self, account: Account, token: str, *, network: Network | None = None) -> None:
        """``network`` is the way to the relay; without it, what the environment says."""
        self._address = parse_address(account.relay)
        self._token, self._network = token, network or Network(environ=os.environ)

    def filters(self) -> Filters:
        """Return the filters as they hold for this agent.

        Raises:
            ApiFailed: as every method here.
        """
        return self._call("GET", "/v1/filters", Filters)

    def change(self, layer: str, rules: Sequence[Rule], *, budget: int | None, revision: int) -> int:
        """Put rules in the place of a layer's; return the new revision."""
        body = _asked(rules, budget)
        headers = {"If-Match": f'"{revision}"'}
        return self._call("PUT", f"/v1/filters/{_part(layer)}", _Revision, body, headers).revision

    def preview(self, layer: str, rules: Sequence[Rule], *, budget: int | None, days: float) -> Preview:
        """Return what a change would have done to the last ``days``."""
        path = f"/v1/filters/{_part(layer)}/preview?days={days:g}"
        return self._call("POST", path, Preview, _asked(rules, budget))

    def people(self, search: str = "") -> People:
        """Return to whom work can be passed on; ``search`` is a part of a name or an address."""
        return self._call("GET", f"/v1/people?search={quote(search, safe='')}", People)

    def why(self, notification: str) -> Why:
        """Return why this agent got a notification, and how."""
        return self._call("GET", f"/v1/notifications/{_part(notification)}/why", Why)

    def whole(self, notification: str) -> Whole:
        """Return what became of a notification until now."""
        return self._call("GET", f"/v1/notifications/{_part(notification)}", Whole)

    def sign_out(self) -> None:
        """Make the token void at the relay."""
        self._send("DELETE", "/v1/me", None, {})

    def _call(
        self,
        method: str,
        path: str,
        shape: type[T],
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> T:
        answer = self._send(method, path, body, headers or {})
        try:
            return msgspec.json.decode(answer, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ApiFailed(
                tr("The relay answered in a way that this version does not understand.")
            ) from None

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> bytes:
        """Make a call; return the body of a good answer."""
        import httpx

        sent = {**headers, "Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        content = None if body is None else msgspec.json.encode(body)
        patience = httpx.Timeout(ANSWER_SECONDS)
        try:
            way = self._network.route(self._address)
            with (
                http_client(way, tls_context(self._network.authority)) as client,
                client.stream(
                    method, self._address.base + path, headers=sent, content=content, timeout=patience
                ) as response,
            ):
                answer = _first_bytes(response)
        except (BadProxy, BadAuthority) as problem:
            raise ApiFailed(str(problem)) from problem
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            raise ApiFailed(tr("The relay cannot be reached at the moment.")) from None
        if not response.is_success:
            raise _refusal(response.status_code, answer)
        return answer


def _asked(rules: Sequence[Rule], budget: int | None) -> dict[str, object]:
    """Return a layer as the relay takes it: who locked is its own business."""
    fields = []
    for rule in rules:
        one = {"types": rule.types, "relation": rule.relation, "how": rule.how, "until": rule.until}
        fields.append({**one, "lock": {"why": rule.lock.why} if rule.lock else None})
    return {"rules": fields, "budget": budget}


def _part(text: str) -> str:
    """Return a name as a part of a path; a layer's colon and slashes belong to it."""
    return quote(text, safe=":@")


def _first_bytes(response: "httpx.Response") -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER:
            raise ApiFailed(tr("The relay's answer is too large."))
    return bytes(body)


_SENTENCES = {
    401: mark("This computer is not signed in any more. Please pair it again."),
    404: mark("The relay does not know this, or does not show it to you."),
    429: mark("That was too much at once. Please try again in a moment."),
    503: mark("The relay is not ready at the moment. Please try again."),
}


def _refusal(status: int, answer: bytes) -> ApiFailed:
    """Return the failure for a status; where the relay explains itself to people, in its own words."""
    if status == HTTPStatus.PRECONDITION_FAILED:
        return ApiFailed(tr("Somebody else has changed this meanwhile."), stale=True, status=status)
    if status in {HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT}:
        try:
            said = msgspec.json.decode(answer, type=_Problem).error
        except (msgspec.DecodeError, UnicodeDecodeError):
            said = ""
        return ApiFailed(said or tr("The relay refused this."), status=status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in _SENTENCES:
        sentence = tr("The relay has a problem at the moment (HTTP {status}).", status=status)
        return ApiFailed(sentence, status=status)
    sentence = tr(_SENTENCES.get(status, mark("The relay refused this (HTTP {status}).")), status=status)
    return ApiFailed(sentence, status=status)
