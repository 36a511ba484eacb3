"""HMACs: the same as the library's, whatever the length of the text."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.schemes.mac import ALGORITHMS, hmac_digest


@given(st.binary(max_size=100), st.binary(max_size=9000), st.sampled_from([*ALGORITHMS, "sha1", "md5"]))
def test_a_digest_is_the_library_s(key: bytes, text: bytes, algorithm: str) -> None:
    """Taking the text in slices changes nothing."""
    assert hmac_digest(key, text, algorithm) == hmac.digest(key, text, algorithm)


@pytest.mark.parametrize("length", [0, 2046, 2047, 2048, 4094, 4095, 65535, 65536, 65537])
def test_a_digest_is_right_at_the_borders(length: int) -> None:
    """At each length where another way is taken the digest is right."""
    text = hashlib.shake_256(b"text").digest(length)

    assert hmac_digest(b"key", text, "sha256") == hmac.digest(b"key", text, "sha256")
