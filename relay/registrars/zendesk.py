"""Webhooks of a Zendesk account.

Source: https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks. The credential is
``EMAIL/token:API_TOKEN``, or an OAuth access token.
"""

import re
from typing import Self
from urllib.parse import quote

import msgspec

from relay.registrars.base import MAX_PAGES, Credential, Hook, Registrar, SecretFrom, Wish, bad_place
from relay.remote import Api, Sleep
from relay.source import Secret

_PATH = "/api/v2/webhooks"
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


class _Webhook(msgspec.Struct):
    id: str
    endpoint: str = ""
    status: str = "active"
    subscriptions: tuple[str, ...] | None = None


class _One(msgspec.Struct):
    webhook: _Webhook


class _Meta(msgspec.Struct):
    has_more: bool = False
    after_cursor: str | None = None


class _Page(msgspec.Struct):
    webhooks: list[_Webhook]
    meta: _Meta = msgspec.field(default_factory=_Meta)


class _Signing(msgspec.Struct):
    secret: str


class _SecretPage(msgspec.Struct):
    signing_secret: _Signing


class Zendesk(Registrar):
    """Zendesk makes the secret; administrators can read it at any time, and have it made anew."""

    title = "Zendesk"
    documentation = "https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks"
    secret_from = SecretFrom.READABLE
    at_help = "the subdomain, such as acme of acme.zendesk.com"
    needs = "EMAIL/token:API_TOKEN of an administrator, or an OAuth token with the scope webhooks:write"
    events_help = "zen:event-type:ticket.created"
    default_events = ("conditional_ticket_events",)
    """For triggers and automations that notify the webhook."""

    @classmethod
    def connect(cls, credential: Credential, sleep: Sleep) -> Self:
        """Return a registrar for a subdomain."""
        if not _SUBDOMAIN.fullmatch(credential.at):
            raise bad_place(cls.title, cls.at_help)
        user, basic, password = credential.secret.reveal().partition("/token:")
        secrets = [credential.secret, *([Secret(password)] if password else [])]
        api = Api(
            title=cls.title,
            base=credential.base or f"https://{credential.at}.zendesk.com",
            needs=cls.needs,
            headers={} if basic else {"authorization": f"Bearer {user}"},
            auth=(f"{user}/token", password) if basic else None,
            hidden=secrets,
            sleep=sleep,
        )
        return cls(api, credential.at)

    async def hooks(self) -> list[Hook]:
        """Return every webhook; pages follow a cursor."""
        found: list[Hook] = []
        query = {"page[size]": "100"}
        for _ in range(MAX_PAGES):
            answer = await self.api.call("GET", _PATH, query=query, what=f"webhooks of {self.at}")
            page = answer.read(_Page)
            found += [_as_hook(item) for item in page.webhooks]
            if not page.meta.has_more or not page.meta.after_cursor:
                return found
            query["page[after]"] = page.meta.after_cursor
        raise self.endless()

    async def create(self, wish: Wish) -> Hook:
        """Make a webhook that posts JSON."""
        webhook = {
            "name": wish.name,
            "endpoint": wish.url,
            "http_method": "POST",
            "request_format": "json",
            "status": "active",
            "subscriptions": list(wish.events),
        }
        answer = await self.api.call("POST", _PATH, json={"webhook": webhook}, what=self.at)
        return _as_hook(answer.read(_One).webhook)

    async def change(self, hook: Hook, wish: Wish) -> None:
        """Change a webhook's events and switch it on."""
        webhook: dict[str, object] = {"status": "active"}
        if wish.events:
            webhook["subscriptions"] = list(wish.events)
        body = {"webhook": webhook}
        await self.api.call("PATCH", _one(hook), json=body, what=f"webhook {hook.id}", repeatable=True)

    async def remove(self, hook: Hook) -> None:
        """Delete a webhook. Zendesk refuses while a trigger uses it, and says so."""
        await self.api.call("DELETE", _one(hook), what=f"webhook {hook.id}", missing_ok=True)

    async def shown_secret(self, hook: Hook) -> Secret:
        """Return the signing secret."""
        answer = await self.api.call("GET", f"{_one(hook)}/signing_secret", what=f"webhook {hook.id}")
        return self._secret(answer.read(_SecretPage))

    async def renew_secret(self, hook: Hook) -> Secret:
        """Have the signing secret made anew; it counts at once. Never repeated: that would renew it twice."""
        answer = await self.api.call("POST", f"{_one(hook)}/signing_secret", what=f"webhook {hook.id}")
        return self._secret(answer.read(_SecretPage))

    def _secret(self, page: _SecretPage) -> Secret:
        secret = Secret(page.signing_secret.secret, "Zendesk")
        self.api.hide(secret)
        return secret


def _one(hook: Hook) -> str:
    return f"{_PATH}/{quote(hook.id, safe='')}"


def _as_hook(item: _Webhook) -> Hook:
    return Hook(
        id=item.id, url=item.endpoint, events=item.subscriptions or (), active=item.status == "active"
    )
