"""Webhooks of a HubSpot app: one target address and a list of subscriptions.

Source: https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide (version 3, for public
apps outside projects; an app in a project declares its webhooks in ``webhooks-hsmeta.json`` instead).
"""

import re
from typing import Any, Self
from urllib.parse import quote

import msgspec

from relay.hookplace import same_address
from relay.registrars.base import Credential, Hook, Registrar, SecretFrom, Wish, bad_place
from relay.remote import Api, Sleep

CONCURRENT_REQUESTS = 10
"""What HubSpot's own examples use; an existing setting is kept."""

# A developer API key: a UUID, with a region in front where it has one.
_KEY = re.compile(r"([a-z]{2}\d-)?[0-9a-f]{4,8}(-[0-9a-f]{4}){3,4}(-?[0-9a-f]{4,12})?", re.ASCII)


class _Settings(msgspec.Struct):
    targetUrl: str = ""  # noqa: N815 - HubSpot's name
    throttling: dict[str, Any] = msgspec.field(default_factory=dict)


class _Subscription(msgspec.Struct):
    id: str | int
    eventType: str  # noqa: N815 - HubSpot's name
    propertyName: str | None = None  # noqa: N815 - HubSpot's name
    active: bool = False

    @property
    def event(self) -> str:
        """Return the event's name as it is typed: ``contact.propertyChange:email``."""
        return f"{self.eventType}:{self.propertyName}" if self.propertyName else self.eventType


class _Page(msgspec.Struct):
    results: list[_Subscription]


class HubSpot(Registrar):
    """All subscriptions of a HubSpot app go to one address, signed with the app's client secret."""

    title = "HubSpot"
    documentation = "https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide"
    secret_from = SecretFrom.ACCOUNT
    at_help = "the app's id, a number"
    needs = "the developer account's API key, or an access token of the app"
    events_help = "contact.creation, or contact.propertyChange:email"
    secret_note = "the app's client secret, in the developer account under Apps, Auth"  # noqa: S105 - words
    additive = True

    @classmethod
    def connect(cls, credential: Credential, sleep: Sleep) -> Self:
        """Return a registrar for an app's id."""
        if not (credential.at.isascii() and credential.at.isdecimal()):
            raise bad_place(cls.title, cls.at_help)
        value = credential.secret.reveal()
        # The key goes where HubSpot wants it; the URL is never logged.
        key = bool(_KEY.fullmatch(value))
        api = Api(
            title=cls.title,
            base=credential.base or "https://api.hubapi.com",
            needs=cls.needs,
            headers={} if key else {"authorization": f"Bearer {value}"},
            query={"hapikey": value} if key else {},
            hidden=[credential.secret],
            sleep=sleep,
        )
        return cls(api, credential.at)

    async def hooks(self) -> list[Hook]:
        """Return the one webhook of the app, or none; its events are the active subscriptions."""
        settings = await self._settings()
        if not settings.targetUrl:
            return []
        active = tuple(item.event for item in await self._subscriptions() if item.active)
        return [Hook(id=self.at, url=settings.targetUrl, events=active, active=bool(active))]

    async def create(self, wish: Wish) -> Hook:
        """Set the app's target address, and subscribe."""
        throttling = (await self._settings()).throttling
        body = {
            "targetUrl": wish.url,
            "throttling": throttling or {"maxConcurrentRequests": CONCURRENT_REQUESTS},
        }
        await self.api.call("PUT", f"{self._path}/settings", json=body, what=f"app {self.at}")
        await self._subscribe(wish)
        return Hook(id=self.at, url=wish.url, events=wish.events)

    async def change(self, hook: Hook, wish: Wish) -> None:
        """Add what is missing of the subscriptions. Others stay: they may be somebody else's."""
        missing = tuple(event for event in wish.events if event not in hook.events)
        await self._subscribe(msgspec.structs.replace(wish, events=missing))

    async def remove(self, hook: Hook) -> None:
        """Delete the target address, without which nothing is sent; the subscriptions stay."""
        await self.api.call(
            "DELETE", f"{self._path}/settings", what=f"settings of app {hook.id}", missing_ok=True
        )

    def in_the_way(self, hook: Hook, wish: Wish) -> bool:
        """An app has one target address."""
        return not same_address(hook.url, wish.url)

    @property
    def _path(self) -> str:
        return f"/webhooks/v3/{self.at}"

    async def _settings(self) -> _Settings:
        answer = await self.api.call("GET", f"{self._path}/settings", what=f"app {self.at}", missing_ok=True)
        return answer.read(_Settings) if answer.document else _Settings()

    async def _subscriptions(self) -> list[_Subscription]:
        answer = await self.api.call("GET", f"{self._path}/subscriptions", what=f"app {self.at}")
        return answer.read(_Page).results

    async def _subscribe(self, wish: Wish) -> None:
        known = {item.event: item for item in await self._subscriptions()}
        for event in wish.events:
            what, path = f"event {event}", f"{self._path}/subscriptions"
            if event not in known:
                kind, _, name = event.partition(":")
                body = {"eventType": kind, "active": True} | ({"propertyName": name} if name else {})
                await self.api.call("POST", path, json=body, what=what)
            elif not known[event].active:
                one = f"{path}/{quote(str(known[event].id), safe='')}"
                await self.api.call("PATCH", one, json={"active": True}, what=what, repeatable=True)
