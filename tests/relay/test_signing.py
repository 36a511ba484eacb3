"""Our own signatures, checked by the relay's verifier and by the specification's library."""

import base64
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.prepared import check_source
from relay.signing import public_key, signed_headers, signing_key
from relay.source import Secret, Source
from relay.verify import verify

SHARED = f"whsec_{base64.b64encode(bytes(range(32))).decode()}"
OTHER = f"whsec_{base64.b64encode(bytes(range(32, 64))).decode()}"
SEED = bytes(range(64, 96))
PRIVATE = f"whsk_{base64.b64encode(SEED).decode()}"
BODY = b'{"type": "mail.send", "to": "mira@example.com"}'
NOW = 1_795_000_000.7


def check(headers: dict[str, str], secret: str, *, body: bytes = BODY, now: float = NOW) -> str:
    """Return the id that our own verifier finds, as the receiver of a call."""
    provider = "standard-webhooks-v1a" if secret.startswith("whpk_") else "standard-webhooks"
    source = check_source(Source(name="deskbell", provider=provider, secrets=(Secret(secret),)))
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    delivery = Delivery(source="deskbell", method="POST", headers=lines, body=body, received_at=now)
    (event,) = verify(delivery, source, now)
    return event.id


def signed(*secrets: str, at: float = NOW) -> dict[str, str]:
    """Return the headers of a call, signed with each of the secrets."""
    return signed_headers([signing_key(secret) for secret in secrets], id_="call_1", at=at, body=BODY)


def test_a_shared_key_signs() -> None:
    """Whoever has the key can prove the call; one changed byte, or another key, proves nothing."""
    assert check(signed(SHARED), SHARED) == "call_1"
    with pytest.raises(BadSignature):
        check(signed(SHARED), SHARED, body=BODY + b" ")
    with pytest.raises(BadSignature):
        check(signed(SHARED), OTHER)


def test_a_private_key_signs_and_its_public_half_proves() -> None:
    """The receiver can check what it could not have signed itself."""
    assert check(signed(PRIVATE), public_key(signing_key(PRIVATE))) == "call_1"


@pytest.mark.parametrize("known", [SHARED, OTHER, public_key(signing_key(PRIVATE))])
def test_every_key_of_a_rotation_signs(known: str) -> None:
    """While keys are replaced, receivers may know the old or the new one, or only the public half."""
    assert check(signed(SHARED, PRIVATE, OTHER), known) == "call_1"


def test_each_try_is_signed_anew() -> None:
    """A try that comes hours later is as fresh as the first; the id stays."""
    early, late = signed(SHARED), signed(SHARED, at=NOW + 21_600)
    assert early["webhook-id"] == late["webhook-id"]
    assert check(late, SHARED, now=NOW + 21_600) == "call_1"
    with pytest.raises(BadSignature):
        check(early, SHARED, now=NOW + 21_600)


@pytest.mark.parametrize("keys", [(SHARED,), (OTHER, SHARED), (PRIVATE, SHARED)])
def test_the_specification_s_own_library_agrees(keys: tuple[str, ...]) -> None:
    """What receivers are told to use accepts our calls."""
    headers = signed(*keys, at=time.time())
    assert Webhook(SHARED).verify(BODY, headers)["type"] == "mail.send"


def test_a_private_key_may_bring_its_public_half() -> None:
    """Both forms in use are read, and a pair that doesn't fit together is refused."""
    public = base64.b64decode(public_key(signing_key(PRIVATE)).removeprefix("whpk_"))
    pair = f"whsk_{base64.b64encode(SEED + public).decode()}"
    assert isinstance(signing_key(pair), Ed25519PrivateKey)
    assert public_key(signing_key(pair)) == public_key(signing_key(PRIVATE))
    with pytest.raises(ValueError, match="damaged"):
        signing_key(f"whsk_{base64.b64encode(SEED + public[::-1]).decode()}")


def test_a_shared_key_has_no_public_half() -> None:
    """There is nothing of it that could be shown."""
    assert public_key(signing_key(SHARED)) == ""


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("hunter2", "is no signing key"),
        ("whpk_AAAA", "is no signing key"),
        ("whsec_????", "is not base64"),
        (f"whsec_{base64.b64encode(b'short').decode()}", "is too short: 5 bytes"),
        ("whsk_????", "is not base64"),
        (f"whsk_{base64.b64encode(b'x' * 31).decode()}", "is no Ed25519 key"),
    ],
)
def test_what_is_no_key_is_refused(secret: str, why: str) -> None:
    """A wrong key is found at the start and not at the first call, and the sentence doesn't repeat it."""
    with pytest.raises(ValueError, match=why) as refused:
        signing_key(secret)
    assert secret not in str(refused.value)
