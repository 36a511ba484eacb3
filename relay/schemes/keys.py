"""From a configured secret to the key's bytes. Each function raises ValueError with a sentence."""

import base64
import binascii
import json
import unicodedata

_PREFIX = "whsec_"


def text_key(secret: str) -> bytes:
    """Return the secret's UTF-8 bytes: what most providers do, Stripe's ``whsec_…`` included.

    Raises:
        ValueError: the secret is empty or blank.
    """
    if not secret.strip():
        raise ValueError("is empty")
    return secret.encode()


def nfkd_key(secret: str) -> bytes:
    """Return the UTF-8 bytes of the secret in Unicode's form NFKD.

    Raises:
        ValueError: the secret is empty or blank.
    """
    return text_key(unicodedata.normalize("NFKD", secret))


def whsec_key(secret: str) -> bytes:
    """Return the bytes that ``whsec_`` + base64 stands for (Standard Webhooks); prefix and padding may lack.

    Raises:
        ValueError: not canonical base64, empty, or an asymmetric key.
    """
    if secret.startswith(("whpk_", "whsk_")):
        raise ValueError("is a key for v1a (Ed25519) signatures; v1 needs one that begins with whsec_")
    text = secret.removeprefix(_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64; it has to be copied whole, as whsec_…") from None
    if not key:
        raise ValueError("is empty")
    if base64.b64encode(key).decode().rstrip("=") != text:
        raise ValueError("is not base64 as an encoder writes it; a character may be wrong or missing")
    return key


def gitlab_key(secret: str) -> bytes:
    """Return the 32 bytes of a signing token of GitLab's, ``whsec_`` + base64.

    Raises:
        ValueError: not canonical base64, or not 32 bytes.
    """
    key = whsec_key(secret)
    if not secret.startswith(_PREFIX) or len(key) != 32:  # noqa: PLR2004 - https://docs.gitlab.com/user/project/integrations/webhooks/
        raise ValueError("is no signing token: whsec_ and 32 bytes in base64; it has to be copied whole")
    return key


def hex_key(secret: str) -> bytes:
    """Return the bytes that a secret in hexadecimal stands for.

    Raises:
        ValueError: empty, or not hexadecimal.
    """
    try:
        key = bytes.fromhex(secret)
    except ValueError:
        raise ValueError("is not hexadecimal; it has to be copied whole") from None
    if not key:
        raise ValueError("is empty")
    return key


def base64_key(secret: str) -> bytes:
    """Return the bytes that a secret in base64 stands for.

    Raises:
        ValueError: empty, or not canonical base64.
    """
    try:
        key = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64; it has to be copied whole") from None
    if not key:
        raise ValueError("is empty")
    return key


def parts_of(secret: str, *names: str) -> tuple[str, ...]:
    """Return the named parts of a secret that is the text of a JSON object.

    Raises:
        ValueError: not such an object, or a part is missing, empty or not text.
    """
    wanted = ", ".join(names)
    try:
        parts = json.loads(secret)
    except ValueError:
        raise ValueError(f"has to be a JSON object with the parts {wanted}") from None
    if not isinstance(parts, dict):
        raise ValueError(f"has to be a JSON object with the parts {wanted}")
    for name in names:
        if not isinstance(parts.get(name), str) or not parts[name].strip():
            raise ValueError(f"has no part {name}; it needs {wanted}")
    return tuple(parts[name] for name in names)
