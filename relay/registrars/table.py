"""The providers at which a webhook can be registered by their API."""

from collections.abc import Mapping

from relay.registrars.base import Registrar
from relay.registrars.github import GitHub
from relay.registrars.hubspot import HubSpot
from relay.registrars.shopify import Shopify
from relay.registrars.stripe import Stripe
from relay.registrars.twilio import Twilio
from relay.registrars.zendesk import Zendesk

REGISTRARS: Mapping[str, type[Registrar]] = {
    "github": GitHub,
    "hubspot": HubSpot,
    "shopify": Shopify,
    "stripe": Stripe,
    "twilio": Twilio,
    "zendesk": Zendesk,
}
"""By the name that a source's ``provider`` gives."""
