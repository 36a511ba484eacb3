"""Making sources ready: what stops the start, and that it says which key."""

from collections.abc import Callable
from typing import Any

import pytest

from relay.errors import ConfigError
from relay.event import Delivery
from relay.schemes.prepared import Prepared, check_source
from relay.schemes.providers import PROVIDERS
from relay.source import Source
from relay.verify import judge

Prepare = Callable[..., Prepared]
RECIPE = {"header": "X-Signature", "id": "body:id", "type": "body:type"}


def _refused(prepare: Prepare, provider: str, *secrets: str, **options: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        prepare(provider, *secrets, **options)
    return caught.value


def test_s15_unknown_provider(prepare: Prepare) -> None:
    """An unknown provider is refused with the nearest one that is known."""
    error = _refused(prepare, "strpe", "key")
    assert (error.key, error.hint) == ("sources.shop.provider", "Did you mean stripe?")


WITHOUT_SECRET = {"salesforce"}
"""What proves their requests is no secret, so that the source's door has to guard them."""


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("secret", ["", " ", "\n"])
def test_s15_empty_secret(prepare: Prepare, provider: str, secret: str) -> None:
    """An empty secret would let anyone sign: it stops the start."""
    row = PROVIDERS[provider]
    if provider in WITHOUT_SECRET or (row.wiring and row.wiring.scheme.key is None):
        return
    parts: dict[str, Any] = {
        "recipe": {} if row.wiring else RECIPE,
        "options": {name: f"x-{name.replace('_', '-')}" for name in row.needs},
        "public_url": "https://hooks.example.com",
        "allow_unconfirmed": True,
    }
    error = _refused(prepare, provider, secret, **parts)
    assert (error.key, error.where) == ("sources.shop.secret", "env:KEY")


def test_s15_no_secret() -> None:
    """A source without any secret stops the start."""
    with pytest.raises(ConfigError, match="every source has one"):
        check_source(Source(name="shop", provider="stripe", secrets=()))


@pytest.mark.parametrize(
    "secret",
    ["whsec_", "whsec_====", "whsec_not base64", "whsec_a", "whsec_c2VjcmU1é", "whpk_c2VjcmV0", "whsec_AB"],
)
def test_undecodable_secret(prepare: Prepare, secret: str) -> None:
    """A Standard Webhooks secret that was not copied whole is found at the start."""
    error = _refused(prepare, "standard-webhooks", "whsec_c2VjcmV0", secret)
    assert error.key == "sources.shop.secret"


@pytest.mark.parametrize("secret", ["whsec_c2VjcmV0MQ==", "whsec_c2VjcmV0MQ", "c2VjcmV0MQ=="])
def test_spellings_of_a_secret(prepare: Prepare, secret: str) -> None:
    """A Standard Webhooks secret may lack its prefix or its padding."""
    assert prepare("standard-webhooks", secret).keys == (b"secret1",)


def test_stripe_secret_is_verbatim(prepare: Prepare) -> None:
    """Stripe's secret also begins with whsec_, but is used as it stands."""
    assert prepare("stripe", "whsec_c2VjcmV0").keys == (b"whsec_c2VjcmV0",)


def test_recipe_not_wanted(prepare: Prepare) -> None:
    """A recipe beside a provider whose signature is known is a misunderstanding, and refused."""
    assert _refused(prepare, "github", "key", recipe=RECIPE).key == "sources.shop.recipe"


def test_s15_wrong_secret_is_not_repeated(prepare: Prepare) -> None:
    """What is wrong with a secret is said without repeating it."""
    assert "canary" not in str(_refused(prepare, "standard-webhooks", "whsec_!canary!"))


def test_keys_are_not_shown(prepare: Prepare) -> None:
    """A prepared source printed by accident shows no key."""
    assert "canary" not in repr(prepare("stripe", "canary"))


def test_rotation(prepare: Prepare, deliver: Callable[..., Delivery]) -> None:
    """While secrets rotate, requests signed with either are proven, and the proof says by which."""
    both = prepare("stripe", "old", "new")
    for index, signer in enumerate((prepare("stripe", "old"), prepare("stripe", "new"))):
        headers = signer.sign(body=b"{}", now=0, event_id="", event_type="")
        assert judge(deliver(b"{}", headers), both, 0).proof.key == index


def test_signs_as_github_does(prepare: Prepare) -> None:
    """A signed request has the headers in which the provider puts id and type."""
    headers = prepare("github", "key").sign(body=b"{}", now=0, event_id="guid", event_type="issues.opened")
    assert headers.pop("x-hub-signature-256").startswith("sha256=")
    assert headers == {"x-github-delivery": "guid", "x-github-event": "issues"}


@pytest.mark.parametrize("name", PROVIDERS)
def test_providers_are_described(name: str) -> None:
    """Every provider says how it is called, where it is documented and how it is set up."""
    provider = PROVIDERS[name]
    assert provider.title
    assert provider.documentation.startswith("https://")
    assert provider.setup.endswith(".")
