"""Webhooks of a GitHub repository or organisation.

Source: https://docs.github.com/rest/repos/webhooks and https://docs.github.com/rest/orgs/webhooks.
On a server of one's own the base address is https://HOST/api/v3.
"""

import re
from typing import Self
from urllib.parse import quote

import msgspec

from relay.registrars.base import MAX_PAGES, Credential, Hook, Registrar, SecretFrom, Wish, bad_place
from relay.remote import Api, Sleep

_AT = re.compile(r"(?!\.)[A-Za-z0-9_.-]{1,100}(/(?!\.)[A-Za-z0-9_.-]{1,100})?", re.ASCII)


class _Config(msgspec.Struct):
    url: str = ""


class _Hook(msgspec.Struct):
    id: int
    name: str = "web"
    active: bool = True
    events: tuple[str, ...] = ()
    config: _Config = msgspec.field(default_factory=_Config)


class GitHub(Registrar):
    """GitHub takes our secret with each change and never shows it."""

    title = "GitHub"
    documentation = "https://docs.github.com/rest/repos/webhooks"
    secret_from = SecretFrom.OURS
    at_help = "OWNER/REPOSITORY, or the name of an organisation"
    needs = "a token with the permission Webhooks: write (a classic one: admin:repo_hook or admin:org_hook)"
    events_help = "issues"

    @classmethod
    def connect(cls, credential: Credential, sleep: Sleep) -> Self:
        """Return a registrar for ``OWNER/REPOSITORY`` or an organisation."""
        if not _AT.fullmatch(credential.at):
            raise bad_place(cls.title, cls.at_help)
        api = Api(
            title=cls.title,
            base=credential.base or "https://api.github.com",
            needs=cls.needs,
            headers={
                "authorization": f"Bearer {credential.secret.reveal()}",
                "accept": "application/vnd.github+json",
                "x-github-api-version": "2022-11-28",
            },
            hidden=[credential.secret],
            sleep=sleep,
        )
        return cls(api, credential.at)

    @property
    def _path(self) -> str:
        return f"/{'repos' if '/' in self.at else 'orgs'}/{self.at}/hooks"

    async def hooks(self) -> list[Hook]:
        """Return every webhook; pages follow the ``Link`` header."""
        found: list[Hook] = []
        path, query = self._path, {"per_page": "100"}
        for _ in range(MAX_PAGES):
            answer = await self.api.call("GET", path, query=query, what=f"webhooks of {self.at}")
            # Others than "web" are services of old, without an address.
            found += [_as_hook(item) for item in answer.read(list[_Hook]) if item.name == "web"]
            if not answer.next:
                return found
            path, query = answer.next, {}
        raise self.endless()

    async def create(self, wish: Wish) -> Hook:
        """Make a webhook; GitHub pings it by itself."""
        body = {"name": "web", "active": True, "events": list(wish.events), "config": _config(wish)}
        answer = await self.api.call("POST", self._path, json=body, what=self.at)
        return _as_hook(answer.read(_Hook))

    async def change(self, hook: Hook, wish: Wish) -> None:
        """Change a webhook. The secret goes along, because GitHub drops one that is not repeated."""
        body: dict[str, object] = {"active": True, "config": _config(wish)}
        if wish.events:
            body["events"] = list(wish.events)
        await self.api.call("PATCH", self._one(hook), json=body, what=f"webhook {hook.id}", repeatable=True)

    async def remove(self, hook: Hook) -> None:
        """Delete a webhook."""
        await self.api.call("DELETE", self._one(hook), what=f"webhook {hook.id}", missing_ok=True)

    async def ping(self, hook: Hook) -> None:
        """Have GitHub send a ``ping`` event."""
        await self.api.call("POST", f"{self._one(hook)}/pings", what=f"webhook {hook.id}", repeatable=True)

    def _one(self, hook: Hook) -> str:
        return f"{self._path}/{quote(hook.id, safe='')}"


def _config(wish: Wish) -> dict[str, str]:
    config = {"url": wish.url, "content_type": "json", "insecure_ssl": "0"}
    return config | ({"secret": wish.secret.reveal()} if wish.secret else {})


def _as_hook(item: _Hook) -> Hook:
    return Hook(id=str(item.id), url=item.config.url, events=item.events, active=item.active)
