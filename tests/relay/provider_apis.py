"""Providers' webhook APIs on loopback, behaving as their documentation says; each class names its page."""

import base64
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Handler = Callable[[Request, bytes], Awaitable[Response]]


class FarApi:
    """A provider's API: an ASGI app that notes each call, and can be told to fail first.

    ``failures`` are answered before anything else, in order; ``calls`` are method and path.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.failures: list[Response] = []
        self.headers: list[dict[str, str]] = []
        self.queries: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.calls.append((request.method, request.url.path))
        self.headers.append(dict(request.headers))
        self.queries.append(request.url.query)
        if self.failures:
            response = self.failures.pop(0)
        else:
            response = self.refuse(request) or self.answer(request, body)
        await response(scope, receive, send)

    def refuse(self, request: Request) -> Response | None:
        """Answer a call without the right credential."""
        raise NotImplementedError

    def answer(self, request: Request, body: bytes) -> Response:
        """Answer a call."""
        raise NotImplementedError

    @property
    def changes(self) -> list[tuple[str, str]]:
        """Return the calls that are not mere questions."""
        return [call for call in self.calls if call[0] != "GET"]


def form(body: bytes) -> dict[str, list[str]]:
    """Return the fields of a form."""
    return parse_qs(body.decode(), keep_blank_values=True)


def bearer(request: Request, token: str) -> bool:
    """Say whether a request has the token."""
    return request.headers.get("authorization") == f"Bearer {token}"


class GitHubApi(FarApi):
    """https://docs.github.com/rest/repos/webhooks, of the repository acme/shop and the organisation acme."""

    TOKEN = "ghp_good"

    def __init__(self) -> None:
        super().__init__()
        self.hooks: dict[int, dict[str, Any]] = {}
        self.pings: list[int] = []
        self.next_host = ""

    def add(self, url: str, *events: str, secret: str = "old", active: bool = True) -> int:
        number = 1000 + len(self.hooks)
        config = {"url": url, "content_type": "json", "insecure_ssl": "0", "secret": secret}
        self.hooks[number] = {
            "type": "Repository",
            "id": number,
            "name": "web",
            "active": active,
            "events": list(events),
            "config": config,
        }
        return number

    def refuse(self, request: Request) -> Response | None:
        if bearer(request, self.TOKEN):
            return None
        return JSONResponse({"message": "Bad credentials", "status": "401"}, 401)

    def shown(self, hook: dict[str, Any]) -> dict[str, Any]:
        """Return a hook as GitHub shows it: the secret as asterisks."""
        hidden = {"secret": "********"} if "secret" in hook["config"] else {}
        return {**hook, "config": {**hook["config"], **hidden}}

    def answer(self, request: Request, body: bytes) -> Response:
        path = re.fullmatch(r"/(repos/acme/shop|orgs/acme)/hooks(?:/(\d+)(/pings)?)?", request.url.path)
        number = int(path[2]) if path and path[2] else None
        if not path or (number is not None and number not in self.hooks):
            return JSONResponse({"message": "Not Found", "status": "404"}, 404)
        if number is None:
            return self.page(request) if request.method == "GET" else self.create(json.loads(body))
        if path[3]:
            self.pings.append(number)
            return Response(status_code=204)
        if request.method == "DELETE":
            del self.hooks[number]
            return Response(status_code=204)
        # PATCH: "config" is replaced as a whole, and a secret that is not repeated is removed.
        self.hooks[number] |= json.loads(body)
        return JSONResponse(self.shown(self.hooks[number]))

    def page(self, request: Request) -> Response:
        size = min(int(request.query_params.get("per_page", 30)), 100)
        page = int(request.query_params.get("page", 1))
        hooks = list(self.hooks.values())
        headers = {}
        if page * size < len(hooks):
            host = self.next_host or str(request.base_url).rstrip("/")
            headers["link"] = f'<{host}{request.url.path}?per_page={size}&page={page + 1}>; rel="next"'
        return JSONResponse(
            [self.shown(hook) for hook in hooks[(page - 1) * size : page * size]], headers=headers
        )

    def create(self, asked: dict[str, Any]) -> Response:
        config = asked["config"]
        if any(hook["config"]["url"] == config["url"] for hook in self.hooks.values()):
            error = {
                "resource": "Hook",
                "code": "custom",
                "message": "Hook already exists on this repository",
            }
            return JSONResponse({"message": "Validation Failed", "errors": [error], "status": "422"}, 422)
        number = self.add(config["url"], *asked["events"], secret=config.get("secret", ""))
        return JSONResponse(self.shown(self.hooks[number]), 201)


class StripeApi(FarApi):
    """https://docs.stripe.com/api/webhook_endpoints and https://docs.stripe.com/api/idempotent_requests."""

    KEY = "sk_test_good"

    def __init__(self) -> None:
        super().__init__()
        self.endpoints: list[dict[str, Any]] = []
        self.secrets: dict[str, str] = {}
        self.answered: dict[str, dict[str, Any]] = {}

    def add(self, url: str, *events: str, status: str = "enabled") -> str:
        name = f"we_{len(self.secrets):04}"
        self.secrets[name] = f"whsec_made_for_{name}"
        endpoint = {
            "id": name,
            "object": "webhook_endpoint",
            "url": url,
            "enabled_events": list(events),
            "status": status,
        }
        # The newest comes first.
        self.endpoints.insert(0, endpoint)
        return name

    def refuse(self, request: Request) -> Response | None:
        if bearer(request, self.KEY):
            return None
        error = {"type": "invalid_request_error", "message": "Invalid API Key provided: sk_test_****"}
        return JSONResponse({"error": error}, 401)

    def answer(self, request: Request, body: bytes) -> Response:
        name = request.url.path.removeprefix("/v1/webhook_endpoints").lstrip("/")
        known = next((item for item in self.endpoints if item["id"] == name), None)
        if name and known is None:
            error = {"message": f"No such webhook endpoint: '{name}'", "type": "invalid_request_error"}
            return JSONResponse({"error": error}, 404)
        if known is None:
            return self.page(request) if request.method == "GET" else self.create(request, form(body))
        if request.method == "DELETE":
            self.endpoints.remove(known)
            return JSONResponse({"id": name, "object": "webhook_endpoint", "deleted": True})
        fields = form(body)
        known["enabled_events"] = fields.get("enabled_events[]", known["enabled_events"])
        known["status"] = "disabled" if fields.get("disabled") == ["true"] else "enabled"
        return JSONResponse(known)

    def page(self, request: Request) -> Response:
        limit = min(int(request.query_params.get("limit", 10)), 100)
        after = request.query_params.get("starting_after")
        names = [item["id"] for item in self.endpoints]
        begin = names.index(after) + 1 if after else 0
        data = self.endpoints[begin : begin + limit]
        more = begin + limit < len(self.endpoints)
        return JSONResponse({"object": "list", "data": data, "has_more": more})

    def create(self, request: Request, fields: dict[str, list[str]]) -> Response:
        if "enabled_events[]" not in fields:
            error = {"message": "Missing required param: enabled_events.", "param": "enabled_events"}
            return JSONResponse({"error": error}, 400)
        key = request.headers.get("idempotency-key", "")
        if key not in self.answered:
            name = self.add(fields["url"][0], *fields["enabled_events[]"])
            self.answered[key] = {**self.endpoints[0], "secret": self.secrets[name]}
        return JSONResponse(self.answered[key])


class ZendeskApi(FarApi):
    """https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks."""

    CREDENTIAL = "mira@example.com/token:zd-good"

    def __init__(self) -> None:
        super().__init__()
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, str] = {}
        self.in_use: set[str] = set()

    def add(self, url: str, *events: str, status: str = "active") -> str:
        name = f"01GZ{len(self.webhooks):04}"
        self.secrets[name] = f"zendesk-secret-of-{name}=="
        self.webhooks[name] = {
            "id": name,
            "name": "deskbell",
            "endpoint": url,
            "http_method": "POST",
            "request_format": "json",
            "status": status,
            "subscriptions": list(events),
        }
        return name

    def refuse(self, request: Request) -> Response | None:
        basic = base64.b64encode(self.CREDENTIAL.encode()).decode()
        if request.headers.get("authorization") in {f"Basic {basic}", "Bearer oauth-good"}:
            return None
        return JSONResponse({"error": "Couldn't authenticate you"}, 401)

    def answer(self, request: Request, body: bytes) -> Response:
        path = re.fullmatch(r"/api/v2/webhooks(?:/([^/]+)(/signing_secret)?)?", request.url.path)
        if not path or (path[1] and path[1] not in self.webhooks):
            return JSONResponse({"errors": [{"code": "NotFound", "title": "Webhook not found"}]}, 404)
        if path[2]:
            return self.secret(request, path[1])
        if path[1]:
            return self.one(request, path[1], body)
        if request.method == "POST":
            asked = json.loads(body)["webhook"]
            name = self.add(asked["endpoint"], *asked["subscriptions"])
            self.webhooks[name] |= asked
            return JSONResponse({"webhook": self.webhooks[name]}, 201)
        return self.page(request)

    def secret(self, request: Request, name: str) -> Response:
        if request.method == "POST":
            self.secrets[name] = f"{self.secrets[name][:-2]}-renewed=="
        secret = {"algorithm": "SHA256", "secret": self.secrets[name]}
        return JSONResponse({"signing_secret": secret}, 201 if request.method == "POST" else 200)

    def one(self, request: Request, name: str, body: bytes) -> Response:
        if request.method == "DELETE" and name in self.in_use:
            detail = {"code": "InvalidWebhook", "title": "Webhook is in use by a trigger"}
            return JSONResponse({"errors": [detail]}, 400)
        if request.method == "DELETE":
            del self.webhooks[name]
        else:
            self.webhooks[name] |= json.loads(body)["webhook"]
        return Response(status_code=204)

    def page(self, request: Request) -> Response:
        size = min(int(request.query_params.get("page[size]", 100)), 100)
        begin = int(request.query_params.get("page[after]", 0))
        found = list(self.webhooks.values())
        more = begin + size < len(found)
        meta = {"has_more": more, "after_cursor": str(begin + size) if more else None}
        return JSONResponse({"webhooks": found[begin : begin + size], "meta": meta})


class HubSpotApi(FarApi):
    """https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide, of the app 4711."""

    KEY = "eu1-1234-5678-90ab-cdef12345678"

    def __init__(self) -> None:
        super().__init__()
        self.settings: dict[str, Any] | None = None
        self.subscriptions: dict[str, dict[str, Any]] = {}

    def subscribe(self, event: str, *, active: bool, **more: str) -> str:
        name = str(12 + len(self.subscriptions))
        self.subscriptions[name] = {"id": name, "eventType": event, "active": active, **more}
        return name

    def refuse(self, request: Request) -> Response | None:
        if request.query_params.get("hapikey") == self.KEY or bearer(request, "app-token"):
            return None
        return JSONResponse({"status": "error", "message": "The API key provided is invalid."}, 401)

    def answer(self, request: Request, body: bytes) -> Response:
        path = request.url.path.removeprefix("/webhooks/v3/4711")
        if path == "/settings":
            return self.on_settings(request, body)
        if path == "/subscriptions":
            if request.method == "POST":
                asked = json.loads(body)
                name = self.subscribe(asked.pop("eventType"), **asked)
                return JSONResponse(self.subscriptions[name], 201)
            return JSONResponse({"results": list(self.subscriptions.values())})
        name = path.removeprefix("/subscriptions/")
        if name in self.subscriptions:
            self.subscriptions[name] |= json.loads(body)
            return JSONResponse(self.subscriptions[name])
        return JSONResponse({"status": "error", "message": "resource not found"}, 404)

    def on_settings(self, request: Request, body: bytes) -> Response:
        if request.method == "PUT":
            self.settings = json.loads(body)
        elif self.settings is None:
            return JSONResponse({"status": "error", "message": "no settings for app 4711"}, 404)
        if request.method == "DELETE":
            self.settings = None
            return Response(status_code=204)
        return JSONResponse(self.settings)


class ShopifyApi(FarApi):
    """https://shopify.dev/docs/api/admin-graphql/latest/mutations/webhookSubscriptionCreate and its relatives."""

    TOKEN = "shpat_good"

    def __init__(self) -> None:
        super().__init__()
        self.nodes: dict[str, dict[str, str]] = {}

    def add(self, topic: str, uri: str) -> str:
        name = f"gid://shopify/WebhookSubscription/{8000 + len(self.nodes)}"
        self.nodes[name] = {"id": name, "topic": topic, "uri": uri}
        return name

    def refuse(self, request: Request) -> Response | None:
        if request.headers.get("x-shopify-access-token") == self.TOKEN:
            return None
        return JSONResponse({"errors": "[API] Invalid API key or access token"}, 401)

    def answer(self, request: Request, body: bytes) -> Response:
        if not re.fullmatch(r"/admin/api/\d{4}-\d\d/graphql\.json", request.url.path):
            return JSONResponse({"errors": "Not Found"}, 404)
        asked = json.loads(body)
        values = asked["variables"]
        fields = {
            "webhookSubscriptionCreate": self.create,
            "webhookSubscriptionDelete": self.delete,
            "webhookSubscriptions": self.page,
        }
        for field, act in fields.items():
            if f"{field}(" in asked["query"]:
                return JSONResponse({"data": {field: act(values)}})
        return JSONResponse({"errors": [{"message": "Parse error"}]})

    def page(self, values: dict[str, Any]) -> dict[str, Any]:
        begin = int(values["after"] or 0)
        nodes = list(self.nodes.values())
        more = begin + 100 < len(nodes)
        info = {"hasNextPage": more, "endCursor": str(begin + 100) if more else None}
        return {"nodes": nodes[begin : begin + 100], "pageInfo": info}

    def create(self, values: dict[str, Any]) -> dict[str, Any]:
        topic, uri = values["topic"], values["uri"]
        complaint = ""
        if topic.startswith("NO_"):
            complaint = "Topic is invalid"
        elif any((node["topic"], node["uri"]) == (topic, uri) for node in self.nodes.values()):
            complaint = "Address for this topic has already been taken"
        if complaint:
            errors = [{"field": ["webhookSubscription", "callbackUrl"], "message": complaint}]
            return {"webhookSubscription": None, "userErrors": errors}
        return {"webhookSubscription": {"id": self.add(topic, uri)}, "userErrors": []}

    def delete(self, values: dict[str, Any]) -> dict[str, Any]:
        del self.nodes[values["id"]]
        return {"deletedWebhookSubscriptionId": values["id"], "userErrors": []}


class TwilioApi(FarApi):
    """https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource and /docs/messaging/api/service-resource."""

    ACCOUNT = "AC" + "0a" * 16
    NUMBER = "PN" + "1b" * 16
    SERVICE = "MG" + "2c" * 16
    CREDENTIAL = f"{ACCOUNT}:twilio-good"

    def __init__(self) -> None:
        super().__init__()
        self.number: dict[str, Any] = {
            "sid": self.NUMBER,
            "phone_number": "+15551234567",
            "sms_url": "",
            "sms_method": "GET",
            "voice_url": "",
            "status_callback": "",
            "sms_application_sid": "",
        }
        self.service: dict[str, Any] = {
            "sid": self.SERVICE,
            "inbound_request_url": None,
            "use_inbound_webhook_on_number": False,
        }

    def refuse(self, request: Request) -> Response | None:
        basic = base64.b64encode(self.CREDENTIAL.encode()).decode()
        if request.headers.get("authorization") == f"Basic {basic}":
            return None
        return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)

    def answer(self, request: Request, body: bytes) -> Response:
        numbers = f"/2010-04-01/Accounts/{self.ACCOUNT}/IncomingPhoneNumbers"
        if request.url.path == f"{numbers}.json":
            wanted = request.query_params["PhoneNumber"].lstrip("+")
            other = {**self.number, "sid": "PN" + "9f" * 16, "phone_number": "+155512345670"}
            found = [item for item in (other, self.number) if wanted in item["phone_number"]]
            return JSONResponse({"incoming_phone_numbers": found, "next_page_uri": None})
        things = {f"{numbers}/{self.NUMBER}.json": self.number, f"/v1/Services/{self.SERVICE}": self.service}
        thing = things.get(request.url.path)
        if thing is None:
            return JSONResponse({"code": 20404, "message": "The requested resource was not found"}, 404)
        for name, values in form(body).items():
            thing[re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()] = values[0]
        return JSONResponse(thing)
