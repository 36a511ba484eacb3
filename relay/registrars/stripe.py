"""Webhook endpoints of a Stripe account.

Source: https://docs.stripe.com/api/webhook_endpoints. The key decides whether it is the live or
the test environment: each has endpoints and secrets of its own.
"""

from typing import Self
from urllib.parse import quote

import msgspec

from relay.registrars.base import MAX_PAGES, Credential, Hook, Registrar, SecretFrom, Wish
from relay.remote import Api, Sleep
from relay.source import Secret

_PATH = "/v1/webhook_endpoints"


class _Endpoint(msgspec.Struct):
    id: str
    url: str
    enabled_events: tuple[str, ...] = ()
    status: str = "enabled"
    secret: str = ""


class _Page(msgspec.Struct):
    data: list[_Endpoint]
    has_more: bool = False


class Stripe(Registrar):
    """Stripe makes the secret and returns it once, from the call that creates the endpoint."""

    title = "Stripe"
    documentation = "https://docs.stripe.com/api/webhook_endpoints"
    secret_from = SecretFrom.ONCE
    needs = "a secret key, or a restricted one with the permission Webhook Endpoints: write"
    events_help = "invoice.payment_failed"

    @classmethod
    def connect(cls, credential: Credential, sleep: Sleep) -> Self:
        """Return a registrar for the account that the key belongs to."""
        api = Api(
            title=cls.title,
            base=credential.base or "https://api.stripe.com",
            needs=cls.needs,
            headers={"authorization": f"Bearer {credential.secret.reveal()}"},
            hidden=[credential.secret],
            sleep=sleep,
        )
        return cls(api, credential.at)

    async def hooks(self) -> list[Hook]:
        """Return every endpoint; pages follow the last id."""
        found: list[Hook] = []
        query = {"limit": "100"}
        for _ in range(MAX_PAGES):
            answer = await self.api.call("GET", _PATH, query=query, what="list of webhook endpoints")
            page = answer.read(_Page)
            found += [_as_hook(item) for item in page.data]
            if not page.has_more or not page.data:
                return found
            query["starting_after"] = page.data[-1].id
        raise self.endless()

    async def create(self, wish: Wish) -> Hook:
        """Make an endpoint. The key makes a repeated request harmless (Stripe: idempotent requests)."""
        form: dict[str, str | list[str]] = {
            "url": wish.url,
            "enabled_events[]": list(wish.events),
            "description": wish.name,
        }
        headers = {"idempotency-key": wish.key}
        answer = await self.api.call(
            "POST", _PATH, form=form, headers=headers, what="account", repeatable=bool(wish.key)
        )
        return _as_hook(answer.read(_Endpoint))

    async def change(self, hook: Hook, wish: Wish) -> None:
        """Change an endpoint's events and switch it on; its secret stays."""
        form: dict[str, str | list[str]] = {"disabled": "false"}
        if wish.events:
            form["enabled_events[]"] = list(wish.events)
        await self.api.call("POST", _one(hook), form=form, what=f"endpoint {hook.id}", repeatable=True)

    async def remove(self, hook: Hook) -> None:
        """Delete an endpoint."""
        await self.api.call("DELETE", _one(hook), what=f"endpoint {hook.id}", missing_ok=True)


def _one(hook: Hook) -> str:
    return f"{_PATH}/{quote(hook.id, safe='')}"


def _as_hook(item: _Endpoint) -> Hook:
    return Hook(
        id=item.id,
        url=item.url,
        events=item.enabled_events,
        active=item.status == "enabled",
        secret=Secret(item.secret, "Stripe") if item.secret else None,
    )
