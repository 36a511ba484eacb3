"""Webhook subscriptions of an app in a Shopify shop, by the GraphQL Admin API.

Source: https://shopify.dev/docs/api/admin-graphql/latest/mutations/webhookSubscriptionCreate and
https://shopify.dev/docs/api/admin-graphql/latest/queries/webhookSubscriptions. Shopify subscribes
topic by topic; here all topics that go to one address are one webhook.
"""

import re
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from relay.errors import CallFailed
from relay.log import escape
from relay.registrars.base import MAX_PAGES, Credential, Hook, Registrar, SecretFrom, Wish, bad_place
from relay.remote import Answer, Api, Sleep

VERSION = "2026-01"
"""Of the Admin API. Shopify answers a version that has ended with the oldest that it still serves."""

_SHOP = re.compile(r"([a-z0-9][a-z0-9-]{0,62})(\.myshopify\.com)?", re.ASCII)
_LIST = """query ($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri }
    pageInfo { hasNextPage endCursor }
  }
}"""
_CREATE = """mutation ($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri, format: JSON}) {
    webhookSubscription { id }
    userErrors { field message }
  }
}"""
_DELETE = """mutation ($id: ID!) {
  webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
}"""


class _Node(msgspec.Struct):
    id: str
    topic: str
    uri: str = ""


class _PageInfo(msgspec.Struct):
    hasNextPage: bool = False  # noqa: N815 - Shopify's name
    endCursor: str | None = None  # noqa: N815 - Shopify's name


class _Subscriptions(msgspec.Struct):
    nodes: list[_Node]
    pageInfo: _PageInfo  # noqa: N815 - Shopify's name


class _Reference(msgspec.Struct):
    id: str


class _Created(msgspec.Struct):
    webhookSubscription: _Reference  # noqa: N815 - Shopify's name


class Shopify(Registrar):
    """Shopify signs with the client secret of the app that subscribed."""

    title = "Shopify"
    documentation = "https://shopify.dev/docs/apps/build/webhooks/subscribe/subscribe-using-api"
    secret_from = SecretFrom.ACCOUNT
    at_help = "the shop, such as acme of acme.myshopify.com"
    needs = "an Admin API access token of the app, with the scopes of the topics"
    events_help = "orders/create"
    secret_note = "the app's client secret, in the Dev Dashboard under Settings"  # noqa: S105 - words
    additive = True

    @classmethod
    def connect(cls, credential: Credential, sleep: Sleep) -> Self:
        """Return a registrar for a shop."""
        shop = _SHOP.fullmatch(credential.at)
        if not shop:
            raise bad_place(cls.title, cls.at_help)
        api = Api(
            title=cls.title,
            base=credential.base or f"https://{shop[1]}.myshopify.com",
            needs=cls.needs,
            headers={"x-shopify-access-token": credential.secret.reveal()},
            hidden=[credential.secret],
            sleep=sleep,
        )
        return cls(api, shop[1])

    def event(self, name: str) -> str:
        """Return the topic as GraphQL writes it: ``orders/create`` is ``ORDERS_CREATE``."""
        return name.replace("/", "_").upper()

    async def hooks(self) -> list[Hook]:
        """Return the addresses that are subscribed, each with its topics; pages follow a cursor."""
        nodes: dict[str, list[_Node]] = {}
        for node in await self._nodes():
            nodes.setdefault(node.uri, []).append(node)
        return [
            Hook(
                id=",".join(_number(node.id) for node in group),
                url=url,
                events=tuple(node.topic for node in group),
            )
            for url, group in nodes.items()
        ]

    async def create(self, wish: Wish) -> Hook:
        """Subscribe each topic."""
        return Hook(id=",".join(await self._subscribe(wish, set())), url=wish.url, events=wish.events)

    async def change(self, hook: Hook, wish: Wish) -> None:
        """Subscribe the topics that are missing. Others stay: they may be somebody else's."""
        await self._subscribe(wish, set(hook.events))

    async def remove(self, hook: Hook) -> None:
        """Take each topic's subscription away."""
        for number in hook.id.split(","):
            name = f"gid://shopify/WebhookSubscription/{number}"
            await self._ask(_DELETE, {"id": name}, "webhookSubscriptionDelete", repeatable=True)

    async def _nodes(self) -> list[_Node]:
        found: list[_Node] = []
        after: str | None = None
        for _ in range(MAX_PAGES):
            data = await self._ask(_LIST, {"after": after}, "webhookSubscriptions", repeatable=True)
            page = data.read(_Subscriptions)
            found += page.nodes
            after = page.pageInfo.endCursor
            if not page.pageInfo.hasNextPage or not after:
                return found
        raise self.endless()

    async def _subscribe(self, wish: Wish, known: set[str]) -> list[str]:
        """Subscribe the topics that are not known yet; return the numbers of the subscriptions."""
        numbers = []
        for topic in wish.events:
            if topic not in known:
                values = {"topic": topic, "uri": wish.url}
                # Not repeated without an answer; Shopify would refuse the second as taken.
                made = await self._ask(_CREATE, values, "webhookSubscriptionCreate", repeatable=False)
                numbers.append(_number(made.read(_Created).webhookSubscription.id))
        return numbers

    async def _ask(self, text: str, values: Mapping[str, object], field: str, *, repeatable: bool) -> Answer:
        """Send a query; GraphQL reports its errors with status 200."""
        path = f"/admin/api/{VERSION}/graphql.json"
        body = {"query": text, "variables": values}
        answer = await self.api.call("POST", path, json=body, what=f"shop {self.at}", repeatable=repeatable)
        document: Any = answer.document if isinstance(answer.document, dict) else {}
        data = (document.get("data") or {}).get(field)
        faults = document.get("errors") or (data or {}).get("userErrors")
        if faults or data is None:
            raise CallFailed(f"Shopify refused the request: {_messages(faults)}.", status=answer.status)
        return msgspec.structs.replace(answer, document=data)


def _number(name: str) -> str:
    """Return the last part of ``gid://shopify/WebhookSubscription/NUMBER``."""
    return name.rpartition("/")[2]


def _messages(faults: object) -> str:
    items = faults if isinstance(faults, list) else [faults]
    texts = [str(item.get("message", "")) if isinstance(item, dict) else str(item) for item in items[:3]]
    return escape("; ".join(text.rstrip(".") for text in texts if text) or "it gave no reason", 300)
