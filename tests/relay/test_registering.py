"""``register`` at each provider's API: the right things, twice, and the wrong ones."""

import json
import os
import re
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response
from typer.testing import CliRunner

from relay import cli_register
from relay.errors import CallFailed, ConfigError, RelayError
from relay.event import Delivery
from relay.registrars.table import REGISTRARS
from relay.remote import TRIES
from relay.schemes.prepared import check_source
from relay.source import Secret, Source
from relay.verify import verify
from tests.relay.conftest import Serve
from tests.relay.provider_apis import (
    FarApi,
    GitHubApi,
    HubSpotApi,
    ShopifyApi,
    StripeApi,
    TwilioApi,
    ZendeskApi,
)

URL = "https://hooks.example.com"
OURS = "https://hooks.example.com/hooks/desk"
OTHER = "https://elsewhere.example.com/hooks/desk"

KINDS: dict[str, tuple[type[FarApi], str, str, str]] = {
    "github": (GitHubApi, GitHubApi.TOKEN, "acme/shop", "issues"),
    "stripe": (StripeApi, StripeApi.KEY, "", "invoice.payment_failed"),
    "zendesk": (ZendeskApi, ZendeskApi.CREDENTIAL, "acme", "zen:event-type:ticket.created"),
    "hubspot": (HubSpotApi, HubSpotApi.KEY, "4711", "contact.creation"),
    "shopify": (ShopifyApi, ShopifyApi.TOKEN, "acme", "orders/create"),
    "twilio": (TwilioApi, TwilioApi.CREDENTIAL, f"{TwilioApi.ACCOUNT}/{TwilioApi.NUMBER}", "sms"),
}
"""For each provider: its API, a good credential, the place there, an event."""


class Desk:
    """A folder with a configuration of one source, a provider's API, and the command."""

    def __init__(self, folder: Path, serve: Serve, provider: str) -> None:
        make, self.credential, self.at, self.event = KINDS.get(provider, (GitHubApi, "", "", ""))
        self.folder, self.provider = folder, provider
        self.config, self.secret = folder / "relay.toml", folder / "desk.secret"
        self.far: Any = make()
        self.api = f"http://127.0.0.1:{serve(self.far)}"
        self.configure("file:desk.secret")

    def configure(self, *references: str) -> None:
        """Write the configuration; several references are a list, oldest first."""
        one, several = f"secret = {json.dumps(references[:1])[1:-1]}", f"secrets = {json.dumps(references)}"
        kept = {0: "", 1: one}.get(len(references), several)
        self.config.write_text(f'[sources.desk]\nprovider = "{self.provider}"\n{kept}\n')

    def keep(self, secret: str, name: str = "desk.secret") -> None:
        """Put a secret into a private file."""
        file = self.folder / name
        file.write_text(f"{secret}\n")
        file.chmod(0o600)

    def kept(self, name: str = "desk.secret") -> str:
        """Return what a secret's file holds, after a look at who may read it."""
        file = self.folder / name
        assert os.name != "posix" or stat.S_IMODE(file.stat().st_mode) == 0o600
        return file.read_text().rstrip("\n")

    def files(self) -> set[str]:
        """Return the names of the files that hold, or may hold, a secret."""
        return {file.name for file in self.folder.iterdir()} - {"relay.toml"}

    def type(self, *words: str, **environ: str) -> tuple[RelayError | None, str]:
        """Run the command with words as typed; return the error, if any, and what it printed."""
        done = CliRunner().invoke(cli_register.app, list(words), env={"KEY": self.credential, **environ})
        assert done.exception is None or isinstance(done.exception, RelayError), done.exc_info
        text = f"{done.output}{done.exception or ''}"
        known = [
            self.credential,
            self.credential.partition(":")[2],
            *getattr(self.far, "secrets", {}).values(),
        ]
        for secret in filter(None, [*known, *environ.values()]):
            assert secret not in text, "a secret was printed"
        return done.exception, text

    def run(self, *words: str, **environ: str) -> str:
        """Run the command at the provider; it has to succeed."""
        error, text = self.type(*self.usual(*words), **environ)
        assert error is None, text
        return text

    def fail(self, *words: str, **environ: str) -> str:
        """Run the command at the provider; it has to refuse."""
        error, text = self.type(*self.usual(*words), **environ)
        assert error is not None, text
        return text

    def usual(self, *words: str) -> list[str]:
        """Return the words of a whole command, unless one of them was given."""
        usual = {"--url": URL, "--credential": "env:KEY", "--api": self.api, "--config": str(self.config)}
        if self.at:
            usual["--at"] = self.at
        rest = [part for name, value in usual.items() if name not in words for part in (name, value)]
        return ["desk", *words, *rest]


Make = Callable[[str], Desk]


@pytest.fixture
def make(tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that sets up a desk for a provider."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DESKBELL")]:
        monkeypatch.delenv(name)
    return lambda provider: Desk(tmp_path, serve, provider)


@pytest.fixture
def github(make: Make) -> Desk:
    return make("github")


@pytest.fixture
def stripe(make: Make) -> Desk:
    return make("stripe")


@pytest.fixture
def zendesk(make: Make) -> Desk:
    return make("zendesk")


@pytest.fixture
def hubspot(make: Make) -> Desk:
    return make("hubspot")


@pytest.fixture
def shopify(make: Make) -> Desk:
    return make("shopify")


@pytest.fixture
def twilio(make: Make) -> Desk:
    return make("twilio")


ALL = pytest.mark.parametrize("provider", KINDS)


@ALL
def test_registering_twice_makes_one_webhook(make: Make, provider: str) -> None:
    """The second run finds what the first one made, and the provider's list shows it once."""
    desk = make(provider)
    first = desk.run("--event", desk.event)
    second = desk.run("--event", desk.event)
    listed = desk.run("--list")

    assert "Created" in first
    assert "Created" not in second
    assert listed.count(OURS) == 1
    assert "(this source)" in listed


@ALL
def test_a_dry_run_changes_nothing(make: Make, provider: str) -> None:
    """``--dry-run`` says what it would do, asks only questions, and writes no file."""
    desk = make(provider)
    text = desk.run("--event", desk.event, "--dry-run")

    assert text.startswith(f"Would create a webhook at {desk_title(desk)} for {OURS}")
    assert [call for call in desk.far.changes if "graphql" not in call[1]] == []
    assert desk.files() == set()
    assert "There is no webhook" in desk.run("--list")


@ALL
def test_removing_removes_and_is_harmless_twice(make: Make, provider: str) -> None:
    """``--remove`` takes away what was registered; the second time there's nothing to do."""
    desk = make(provider)
    desk.run("--event", desk.event)
    assert desk.run("--remove", "--dry-run").startswith("Would remove")
    assert OURS in desk.run("--list")
    assert "Removed" in desk.run("--remove")
    assert "nothing to remove" in desk.run("--remove")
    assert "There is no webhook" in desk.run("--list")


@ALL
def test_a_wrong_credential_is_said_and_never_shown(make: Make, provider: str) -> None:
    """A key that the provider doesn't know leads to a sentence about what the key has to be."""
    desk = make(provider)
    wrong = f"{desk.credential[:-4]}evil"
    text = desk.fail("--event", desk.event, "--credential", "env:WRONG", WRONG=wrong)

    assert "does not accept the credential" in text
    assert "(401)" in text
    assert desk.files() == set()


@ALL
def test_a_place_that_is_none_is_refused_before_anything_is_sent(make: Make, provider: str) -> None:
    """``--at`` is checked for its form, so that it can't lead to another path or host."""
    desk = make(provider)
    for place in ("../../evil", "acme/../..", "evil.example.com/", "acme@evil.example.com", "a b", ""):
        if desk.at:
            assert "--at" in desk.fail("--event", desk.event, "--at", place)
    assert desk.far.calls == []


@ALL
def test_a_faulty_provider_is_a_sentence(make: Make, provider: str) -> None:
    """An answer that is JSON but means nothing ends in a sentence, whichever provider sends it."""
    desk = make(provider)
    for nonsense in ({"data": None, "error": 7}, [], [1], "text", 7):
        desk.far.failures = [JSONResponse(nonsense) for _ in range(TRIES)]
        error, text = desk.type(*desk.usual("--list"))
        desk.far.failures = []
        assert isinstance(error, CallFailed) or "There is no webhook" in text


def desk_title(desk: Desk) -> str:
    """Return the provider's name as sentences have it."""
    return REGISTRARS[desk.provider].title


def test_github_signs_with_the_configured_secret(github: Desk) -> None:
    """A secret that is there already is the one that GitHub gets, and events are JSON over checked TLS."""
    github.keep("chosen by hand")
    text = github.run("--event", "issues", "--event", "issue_comment")
    (hook,) = github.far.hooks.values()

    assert f"It signs with file:{github.secret}." in text
    assert hook["events"] == ["issues", "issue_comment"]
    assert hook["config"] == {
        "url": OURS,
        "content_type": "json",
        "insecure_ssl": "0",
        "secret": "chosen by hand",
    }


def test_github_gets_a_strong_secret_of_ours_that_verifies(github: Desk) -> None:
    """Without a secret one is made, kept where the relay reads it, and deliveries signed with it verify."""
    text = github.run("--event", "issues")
    (hook,) = github.far.hooks.values()
    secret = github.kept()
    prepared = check_source(Source(name="desk", provider="github", secrets=(Secret(secret),)))
    body, now = b'{"action":"opened"}', time.time()
    signed = prepared.sign(body=body, now=now, event_id="1", event_type="issues.opened")
    headers = [(name.lower().encode(), value.encode()) for name, value in signed.items()]
    delivery = Delivery(source="desk", method="POST", headers=headers, body=body, received_at=now)

    assert hook["config"]["secret"] == secret
    assert len(secret) >= 43
    assert secret not in text
    assert verify(delivery, prepared, now)


def test_github_finds_its_webhook_on_the_third_page(github: Desk) -> None:
    """The webhook for our address is found behind 250 others, whatever the case of its host."""
    for number in range(250):
        github.far.add(f"https://ci{number}.example.com/", "push")
    number = github.far.add("https://HOOKS.example.com:443/hooks/desk", "push", active=False)
    github.keep("kept")

    assert f"Changed {number} at GitHub" in github.run("--event", "issues")
    assert len(github.far.hooks) == 251
    assert github.far.hooks[number]["active"] is True
    assert github.far.hooks[number]["events"] == ["issues"]
    assert github.far.hooks[number]["config"]["secret"] == "kept"
    assert [call[0] for call in github.far.calls] == ["GET", "GET", "GET", "PATCH"]


def test_github_keeps_the_events_that_nobody_named(github: Desk) -> None:
    """Without ``--event`` an existing webhook keeps its events."""
    number = github.far.add(OURS, "push", "release")
    github.keep("kept")
    github.run()
    assert github.far.hooks[number]["events"] == ["push", "release"]


def test_github_is_not_told_to_drop_its_secret(github: Desk) -> None:
    """A change without the secret would remove it at GitHub, so it's refused where the secret can't be read."""
    number = github.far.add(OURS, "push", secret="in use")
    github.configure("env:SET_FOR_THE_SERVICE_ONLY")

    assert "can't be read here" in github.fail("--event", "issues")
    assert github.far.hooks[number]["config"]["secret"] == "in use"


def test_github_rotates_without_a_gap(github: Desk) -> None:
    """First the relay gets both secrets, and only the next run tells GitHub the new one."""
    github.keep("first")
    github.run("--event", "issues")
    text = github.run("--rotate")
    (hook,) = github.far.hooks.values()
    assert hook["config"]["secret"] == github.kept("desk.secret.old") == "first"
    assert f'secrets = ["file:{github.secret}.old", "file:{github.secret}"]' in text

    github.configure(f"file:{github.secret}.old", f"file:{github.secret}")
    assert hook["config"]["secret"] != github.kept()
    github.run()
    assert hook["config"]["secret"] == github.kept() != "first"


def test_a_second_rotation_does_not_lose_the_first_secret(github: Desk) -> None:
    """As long as an older secret is kept, rotating again needs ``--replace``."""
    github.keep("first")
    github.run("--event", "issues")
    github.run("--rotate")
    second = github.kept()

    assert "desk.secret.old is there from the last time" in github.fail("--rotate")
    assert (github.kept(), github.kept("desk.secret.old")) == (second, "first")
    github.run("--rotate", "--replace")
    assert github.kept("desk.secret.old") == second


def test_github_of_an_organisation_and_a_test_delivery(github: Desk) -> None:
    """A name without a slash is an organisation; ``--ping`` asks for GitHub's ping."""
    assert "no webhook" in github.fail("--ping", "--at", "acme")
    github.run("--event", "issues", "--at", "acme")
    assert "Would ask" in github.run("--ping", "--at", "acme", "--dry-run")
    assert github.far.pings == []
    assert "Asked for a test delivery of 1000" in github.run("--ping", "--at", "acme")
    assert github.far.pings == [1000]


@pytest.mark.parametrize("words", [["--at", "acme/nothing"], ["--at", "nobody"]])
def test_an_unknown_repository_is_said(github: Desk, words: list[str]) -> None:
    """GitHub's 404 means missing or hidden; both are named."""
    assert "or hides it from this credential (404)" in github.fail("--event", "issues", *words)


def test_github_refusing_an_event_is_quoted(github: Desk) -> None:
    """What GitHub finds wrong reaches the person."""
    error = {"resource": "Hook", "code": "custom", "message": "issuez is not a valid hook event"}
    github.far.failures = [
        JSONResponse([]),
        JSONResponse({"message": "Validation Failed", "errors": [error]}, 422),
    ]
    text = github.fail("--event", "issuez")
    assert (
        "GitHub refused the request (422). It says: Validation Failed; issuez is not a valid hook event"
        in text
    )


def test_a_list_that_leads_to_another_host_is_not_followed(github: Desk) -> None:
    """The token can't be lured away by a next page elsewhere."""
    for number in range(101):
        github.far.add(f"https://ci{number}.example.com/", "push")
    github.far.next_host = "https://evil.example.com"
    assert "not followed" in github.fail("--list")


def test_stripe_shows_its_secret_once_and_it_is_kept(stripe: Desk) -> None:
    """The secret of the new endpoint goes straight into its private file."""
    text = stripe.run("--event", "invoice.payment_failed", "--event", "invoice.paid")
    (endpoint,) = stripe.far.endpoints

    assert endpoint["enabled_events"] == ["invoice.payment_failed", "invoice.paid"]
    assert stripe.kept() == stripe.far.secrets[endpoint["id"]]
    assert str(stripe.secret) in text
    assert "Start the relay anew" in text
    assert stripe.files() == {"desk.secret"}


def test_stripe_finds_its_endpoint_on_the_third_page(stripe: Desk) -> None:
    """The oldest of 250 endpoints is found, switched on and given the events."""
    name = stripe.far.add(OURS, "charge.failed", status="disabled")
    for number in range(249):
        stripe.far.add(f"https://shop{number}.example.com/", "*")
    stripe.keep("kept")

    assert f"Changed {name}" in stripe.run("--event", "invoice.paid")
    endpoint = stripe.far.endpoints[-1]
    assert (endpoint["status"], endpoint["enabled_events"]) == ("enabled", ["invoice.paid"])
    assert len(stripe.far.endpoints) == 250
    assert stripe.kept() == "kept"


def test_stripe_right_as_it_is_stays_untouched(stripe: Desk) -> None:
    """Nothing is changed at Stripe if everything is as wished; that the secret can't be read again is said."""
    stripe.run("--event", "invoice.paid")
    before = len(stripe.far.changes)
    assert "is there already and right" in stripe.run("--event", "invoice.paid")
    assert len(stripe.far.changes) == before
    stripe.secret.unlink()
    assert "does not exist. For a new one: --rotate" in stripe.run()


def test_stripe_is_not_asked_for_a_secret_that_has_no_place(stripe: Desk) -> None:
    """Another secret in the file stops the run before Stripe makes one that nobody could read again."""
    stripe.keep("of another endpoint")
    assert "holds a secret already" in stripe.fail("--event", "invoice.paid")
    assert stripe.far.changes == []
    assert stripe.kept() == "of another endpoint"

    text = stripe.run("--event", "invoice.paid", "--replace")
    assert stripe.kept("desk.secret.old") == "of another endpoint"
    assert stripe.kept() == stripe.far.secrets["we_0000"]
    assert "it then takes both" in text


def test_stripe_endpoint_is_taken_back_if_its_secret_is_not_shown(stripe: Desk) -> None:
    """A webhook whose secret nobody has would only produce refusals, so it does not stay."""
    created = {"id": "we_0000", "url": OURS, "enabled_events": ["*"], "status": "enabled"}
    stripe.far.add(OURS, "*")
    stripe.far.failures = [JSONResponse({"data": [], "has_more": False}), JSONResponse(created)]
    assert "does not show the secret" in stripe.fail("--event", "*")
    assert stripe.far.endpoints == []


def test_stripe_rotates_by_a_second_endpoint(stripe: Desk) -> None:
    """Both endpoints deliver until the relay knows both secrets; then the older one is removed by its id."""
    stripe.run("--event", "invoice.paid")
    assert "Would have a new secret" in stripe.run("--rotate", "--dry-run")
    text = stripe.run("--rotate")
    assert stripe.kept("desk.secret.old") == stripe.far.secrets["we_0000"]
    assert stripe.kept() == stripe.far.secrets["we_0001"]
    assert [item["enabled_events"] for item in stripe.far.endpoints] == [["invoice.paid"]] * 2
    assert "--remove --id we_0000" in text

    assert "several" in stripe.fail("--rotate", "--replace")
    assert "Say which: --id ID" in stripe.fail("--remove")
    assert "no webhook for" in stripe.fail("--remove", "--id", "we_0002")
    stripe.run("--remove", "--id", "we_0000")
    assert [item["id"] for item in stripe.far.endpoints] == ["we_0001"]


def test_stripe_creates_once_although_the_answer_was_lost(stripe: Desk) -> None:
    """The second try carries the same idempotency key, so one endpoint is made, and its secret arrives."""
    stripe.far.failures = [JSONResponse({"data": [], "has_more": False}), Response(status_code=500)]
    stripe.run("--event", "invoice.paid")
    keys = [headers["idempotency-key"] for headers in stripe.far.headers if "idempotency-key" in headers]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert len(stripe.far.endpoints) == 1


@pytest.mark.parametrize("reference", ["env:DESK_SECRET", "credential:desk"])
def test_a_secret_for_elsewhere_goes_into_a_file_beside_the_configuration(
    stripe: Desk, reference: str
) -> None:
    """What can't be written from here is left in a private file, with what to do about it."""
    stripe.configure(reference)
    text = stripe.run("--event", "invoice.paid")
    assert stripe.kept("desk.new-secret") == stripe.far.secrets["we_0000"]
    assert f"Put it where {reference} comes from, delete the file" in text
    assert f'secret = "file:{stripe.folder}/desk.new-secret"' in text

    rotated = stripe.fail("--rotate", "--replace", "--dry-run", "--list")
    assert "choose one" in rotated
    assert f'secrets = ["file:{stripe.folder}/desk.new-secret.old"' in stripe.run("--rotate")


def test_zendesk_posts_json_and_its_secret_is_read(zendesk: Desk) -> None:
    """The webhook is made for triggers unless events are named, and its signing secret is fetched and kept."""
    zendesk.run()
    (webhook,) = zendesk.far.webhooks.values()
    assert (webhook["http_method"], webhook["request_format"], webhook["status"]) == (
        "POST",
        "json",
        "active",
    )
    assert webhook["subscriptions"] == ["conditional_ticket_events"]
    assert zendesk.kept() == zendesk.far.secrets[webhook["id"]]


def test_zendesk_finds_its_webhook_on_the_third_page(zendesk: Desk) -> None:
    """A webhook that was made by hand is found behind 250 others; its secret is fetched."""
    for number in range(250):
        zendesk.far.add(f"https://app{number}.example.com/", "conditional_ticket_events")
    name = zendesk.far.add(OURS, "conditional_ticket_events", status="inactive")
    assert f"Changed {name}" in zendesk.run()
    assert zendesk.far.webhooks[name]["status"] == "active"
    assert zendesk.kept() == zendesk.far.secrets[name]
    assert len(zendesk.far.webhooks) == 251
    assert "file:desk.secret is its secret" in zendesk.run()


def test_zendesk_secret_does_not_overwrite_another(zendesk: Desk) -> None:
    """A configured secret that isn't the webhook's is told, and stays unless ``--replace`` is typed."""
    name = zendesk.far.add(OURS, "conditional_ticket_events")
    zendesk.keep("another")
    assert "is not its secret" in zendesk.run("--dry-run")
    assert "holds a secret already" in zendesk.fail()
    assert zendesk.kept() == "another"
    zendesk.run("--replace")
    assert (zendesk.kept(), zendesk.kept("desk.secret.old")) == (zendesk.far.secrets[name], "another")


def test_zendesk_renews_its_secret_exactly_once(zendesk: Desk) -> None:
    """A renewal counts at once; it isn't repeated after a fault, and the next run reads what counts."""
    zendesk.run()
    before = zendesk.kept()
    zendesk.far.failures = [
        JSONResponse({"webhooks": list(zendesk.far.webhooks.values())}),
        Response(status_code=502),
    ]
    assert "It may have been done all the same" in zendesk.fail("--rotate")
    assert len([call for call in zendesk.far.changes if call[1].endswith("/signing_secret")]) == 1

    text = zendesk.run("--rotate")
    assert zendesk.kept("desk.secret.old") == before
    assert zendesk.kept() == next(iter(zendesk.far.secrets.values())) != before
    assert "do this at once" in text


def test_zendesk_by_oauth_and_in_use(zendesk: Desk) -> None:
    """A token without ``/token:`` is OAuth; that a trigger still needs the webhook is quoted."""
    zendesk.run("--credential", "env:OAUTH", OAUTH="oauth-good")
    zendesk.far.in_use = set(zendesk.far.webhooks)
    assert "Webhook is in use by a trigger" in zendesk.fail("--remove")


def test_hubspot_subscribes_what_is_missing_and_wakes_what_sleeps(hubspot: Desk) -> None:
    """The target is set, missing subscriptions are made, paused ones resumed, others left alone."""
    hubspot.far.subscribe("deal.creation", active=True)
    paused = hubspot.far.subscribe("contact.propertyChange", active=False, propertyName="email")
    text = hubspot.run("--event", "contact.propertyChange:email", "--event", "contact.creation")

    assert hubspot.far.settings == {"targetUrl": OURS, "throttling": {"maxConcurrentRequests": 10}}
    assert hubspot.far.subscriptions[paused]["active"] is True
    assert [item["eventType"] for item in hubspot.far.subscriptions.values()] == [
        "deal.creation",
        "contact.propertyChange",
        "contact.creation",
    ]
    assert "the app's client secret" in text
    assert hubspot.files() == set()


def test_hubspot_does_not_take_another_systems_events(hubspot: Desk) -> None:
    """An app has one target: another one is overwritten only with ``--replace``, and keeps its throttling."""
    throttling = {"maxConcurrentRequests": 3, "period": "SECONDLY"}
    hubspot.far.settings = {"targetUrl": f"{OTHER}?token=t0p", "throttling": throttling}
    text = hubspot.fail("--event", "contact.creation")
    assert f"HubSpot sends these events to {OTHER}?…" in text
    assert "t0p" not in text
    assert hubspot.far.changes == []
    hubspot.run("--event", "contact.creation", "--replace")
    assert hubspot.far.settings == {"targetUrl": OURS, "throttling": throttling}


def test_hubspot_by_token_keeps_the_key_out_of_the_address(hubspot: Desk) -> None:
    """Only a developer key, which HubSpot takes nowhere else, goes into the query; a token is a header."""
    hubspot.run("--list", "--credential", "env:TOKEN", TOKEN="app-token")
    assert hubspot.far.queries == [""]
    hubspot.run("--list")
    assert hubspot.far.queries[-1] == f"hapikey={hubspot.credential}"


def test_shopify_subscribes_each_topic_once(shopify: Desk) -> None:
    """Topics are understood in both spellings; behind 250 other subscriptions only the missing is made."""
    for number in range(250):
        shopify.far.add("ORDERS_PAID", f"https://app{number}.example.com/")
    shopify.far.add("ORDERS_CREATE", OURS)
    text = shopify.run("--event", "orders/create", "--event", "REFUNDS_CREATE", "--event", "refunds/create")
    ours = [node["topic"] for node in shopify.far.nodes.values() if node["uri"] == OURS]

    assert ours == ["ORDERS_CREATE", "REFUNDS_CREATE"]
    assert "the app's client secret" in text
    shopify.run("--remove")
    assert len(shopify.far.nodes) == 250


def test_shopify_errors_in_a_good_answer_are_errors(shopify: Desk) -> None:
    """GraphQL refuses with status 200; that is not taken for success."""
    assert "Shopify refused the request: Topic is invalid." in shopify.fail("--event", "no/such")
    shopify.far.failures = [JSONResponse({"errors": [{"message": "Throttled"}]})]
    assert "Shopify refused the request: Throttled." in shopify.fail("--list")


@pytest.mark.parametrize("thing", [TwilioApi.NUMBER, "+15551234567"])
def test_twilio_number_gets_its_addresses(twilio: Desk, thing: str) -> None:
    """A number is found by its id or by itself, and exactly its wished fields are set, to be sent by POST."""
    twilio.far.number["voice_url"] = OTHER
    at = f"{TwilioApi.ACCOUNT}/{thing}"
    text = twilio.run("--event", "sms", "--event", "status", "--at", at)

    assert twilio.far.number["sms_url"] == twilio.far.number["status_callback"] == OURS
    assert twilio.far.number["sms_method"] == "POST"
    assert twilio.far.number["voice_url"] == OTHER
    assert "the account's auth token" in text
    twilio.run("--remove", "--at", at)
    assert (twilio.far.number["sms_url"], twilio.far.number["voice_url"]) == ("", OTHER)


def test_twilio_does_not_take_another_systems_calls(twilio: Desk) -> None:
    """A field that holds another address is overwritten only with ``--replace``."""
    twilio.far.number["voice_url"] = OTHER
    assert f"Twilio sends these events to {OTHER}" in twilio.fail("--event", "sms", "--event", "voice")
    assert twilio.far.changes == []
    assert f"takes the place of {OTHER}" in twilio.run("--event", "sms", "--event", "voice", "--replace")
    assert twilio.far.number["voice_url"] == OURS


def test_twilio_service_and_what_would_be_ignored(twilio: Desk) -> None:
    """A messaging service has other fields; an address that Twilio would not look at is refused."""
    at = f"{TwilioApi.ACCOUNT}/{TwilioApi.SERVICE}"
    assert "can't be 'voice' here" in twilio.fail("--event", "voice", "--at", at)
    twilio.run("--event", "sms", "--at", at)
    assert twilio.far.service["inbound_request_url"] == OURS
    twilio.far.service["use_inbound_webhook_on_number"] = True
    assert "register the numbers" in twilio.fail("--event", "sms", "--at", at)
    twilio.far.number["sms_application_sid"] = "AP1"
    assert "Twilio ignores the number's own address" in twilio.fail("--event", "sms")


@pytest.mark.parametrize("value", ["no-colon", ":only", "AC1:"])
def test_twilio_credential_has_two_parts(twilio: Desk, value: str) -> None:
    """Half a credential is told by its form, without being repeated."""
    text = twilio.fail("--event", "sms", "--credential", "env:HALF", HALF=value)
    assert "ACCOUNT_SID:AUTH_TOKEN" in text
    assert twilio.far.calls == []


def test_slack_gets_a_manifest_to_paste(make: Make) -> None:
    """The printed manifest is JSON that names our address, the events and the scopes that they need."""
    slack = make("slack")
    error, text = slack.type(
        "desk",
        "--url",
        URL,
        "--event",
        "message.im",
        "--event",
        "app_mention",
        "--event",
        "pin_added",
        "--config",
        str(slack.config),
    )
    assert error is None
    found = re.search(r"^\{.*^\}", text, re.DOTALL | re.MULTILINE)
    assert found
    manifest = json.loads(found[0])
    assert manifest["settings"]["event_subscriptions"] == {
        "request_url": OURS,
        "bot_events": ["message.im", "app_mention", "pin_added"],
    }
    assert manifest["oauth_config"]["scopes"]["bot"] == ["app_mentions:read", "im:history"]
    assert "need (see their pages): pin_added" in text


@pytest.mark.parametrize("provider", ["slack", "standard-webhooks"])
def test_printed_steps_do_not_hold_the_token(make: Make, provider: str) -> None:
    """Where a person has to paste the URL, the token is named by its place."""
    desk = make(provider)
    desk.config.write_text(f'{desk.config.read_text()}url_token = "env:DESK_TOKEN"\n')
    text = desk.type("desk", "--url", URL, "--config", str(desk.config), DESK_TOKEN="t0psecret")[1]
    assert "Behind the URL put ?token= and what env:DESK_TOKEN holds." in text


def test_a_provider_without_an_api_is_explained(make: Make) -> None:
    """For the others the steps are printed, with the URL and where the secret belongs."""
    desk = make("standard-webhooks")
    error, text = desk.type("desk", "--url", URL, "--config", str(desk.config))
    assert error is None
    assert OURS in text
    assert "file:desk.secret" in text
    assert "https://www.standardwebhooks.com/" in text
    assert (
        "has no API for this" in desk.type("desk", "--url", URL, "--rotate", "--config", str(desk.config))[1]
    )


def test_an_unknown_provider_is_said(make: Make) -> None:
    """A misspelt provider does not end in empty instructions."""
    desk = make("githubb")
    error, text = desk.type("desk", "--url", URL, "--config", str(desk.config))
    assert isinstance(error, ConfigError)
    assert "'githubb' is not one of" in text


@pytest.mark.parametrize("provider", ["hubspot", "shopify", "twilio"])
def test_a_secret_of_the_account_is_renewed_elsewhere(make: Make, provider: str) -> None:
    """Where all webhooks share one secret, ``--rotate`` and ``--ping`` say what there is instead."""
    desk = make(provider)
    desk.run("--event", desk.event)
    assert "have that renewed there" in desk.fail("--rotate")
    assert "can't be asked for a test delivery" in desk.fail("--ping")


def test_the_token_of_the_address_is_registered_but_not_shown(github: Desk) -> None:
    """A source that asks for a token in the URL gives it to the provider; people see only that there is one."""
    github.config.write_text(f'{github.config.read_text()}url_token = "env:DESK_TOKEN"\n')
    github.run("--event", "issues", DESK_TOKEN="tok&en 1")
    assert github.far.hooks[1000]["config"]["url"] == f"{OURS}?token=tok%26en%201"
    text = github.run("--event", "issues", DESK_TOKEN="tok&en 1")
    assert "Changed 1000" in text
    assert f"{OURS}?…" in github.run("--list", DESK_TOKEN="tok&en 1")
    assert "nothing to remove" in github.run("--remove", DESK_TOKEN="another")
    assert "Removed 1000" in github.run("--remove", "--id", "1000", DESK_TOKEN="another")
    assert "url_token" in github.fail("--list")
    given = f"{OURS}?token=x"
    assert "may not carry a token" in github.fail("--list", "--url", given, DESK_TOKEN="another")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--credential", "ghp_literal"], "a secret is not written"),
        (["--credential", "env:NOT_SET"], "NOT_SET is not set"),
        (["--credential", "file:open.key"], "can be read or changed by others"),
        (["--credential", "file:none.key"], "can't be read"),
        (["--credential", "env:BLANK"], "is empty"),
        (["--credential", "env:UMLAUT"], "a character that no credential has"),
        (["--credential", "env:LINES"], "control character"),
        (["--api", "http://api.github.com"], "must begin with https://"),
        (["--url", "http://hooks.example.com"], "must begin with https://"),
        (["--config", "nowhere.toml"], "nowhere.toml can't be read"),
        (["--id", "7"], "goes with --remove only"),
        (["--rotate", "--remove"], "choose one of them"),
        ([], "--event: has to say what GitHub shall send, such as issues."),
    ],
)
def test_each_wrong_word_is_a_sentence(github: Desk, words: list[str], complaint: str) -> None:
    """Every mistake is told by the name of its option, before anything is changed."""
    open_key = github.folder / "open.key"
    open_key.write_text("ghp_open")
    open_key.chmod(0o644)
    environ = {"BLANK": "   ", "UMLAUT": "ghp_ü", "LINES": "ghp\nx"}
    text = github.type(*github.usual(*words), **(environ if words and "env:" in words[-1] else {}))[1]
    assert complaint in text
    assert "ghp_literal" not in text
    assert github.far.changes == []


def test_without_a_credential_it_says_which_and_how(github: Desk) -> None:
    """The first thing that a newcomer forgets has an answer: what the credential is, and where it may be kept."""
    error, text = github.type("desk", "--url", URL, "--at", "acme/shop", "--config", str(github.config))
    assert isinstance(error, ConfigError)
    assert "a token with the permission Webhooks" in text
    assert "env:NAME" in text


def test_without_a_place_for_the_secret_it_says_how_to_name_one(github: Desk) -> None:
    """A source that doesn't say where its secret is kept can't be registered."""
    github.configure()
    assert 'secret = "file:desk.secret"' in github.fail("--event", "issues")


def test_the_public_address_comes_from_the_configuration(github: Desk) -> None:
    """``--url`` may be left out if the configuration says how the relay is reached; else that is asked for."""
    words = ["desk", "--at", "acme/shop", "--credential", "env:KEY", "--api", github.api, "--event", "issues"]
    assert "--url: has to say" in github.type(*words)[1]
    github.config.write_text(f'[server]\npublic_url = "{URL}/relay"\n{github.config.read_text()}')
    assert github.type(*words)[0] is None
    assert github.far.hooks[1000]["config"]["url"] == f"{URL}/relay/hooks/desk"


def test_a_file_credential_is_read(github: Desk) -> None:
    """The API's credential may be in a private file, too."""
    github.keep(GitHubApi.TOKEN, "github.token")
    github.run("--event", "issues", "--credential", "file:github.token")
    assert len(github.far.hooks) == 1


def test_a_readable_secret_of_others_is_not_used(github: Desk) -> None:
    """A signing secret that everybody can read is not passed on as if it were one."""
    github.secret.write_text("open")
    github.secret.chmod(0o644)
    assert "chmod 600" in github.fail("--event", "issues")
    assert github.far.changes == []
