"""A pair that was made for trying: the file beside the secret signs what the secret proves."""

from pathlib import Path

import pytest

from relay.keypairs import find_private, write_pair
from relay.schemes.prepared import check_source
from relay.schemes.providers import PROVIDERS
from relay.source import Secret, Source
from relay.specimen import Wanted, make
from relay.verify import judge

NOW = 1_790_000_000.0


@pytest.mark.parametrize("name", ["plaid", "sendgrid", "telnyx", "wise"])
def test_a_pair_signs_what_it_proves(name: str, tmp_path: Path) -> None:
    """Both halves are read back from their files, also where a token has to name its key."""
    public, _ = write_pair(name, PROVIDERS[name], tmp_path / "key")
    source = Source(name="shop", provider=name, secrets=(Secret(public.read_text()),), allow_unconfirmed=True)
    prepared = check_source(source)
    made = make(prepared, Wanted(type="invoice.paid", id="1", now=NOW), find_private(f"file:{public}"))
    events = judge(made.delivery("shop", NOW), prepared, NOW).events
    assert [event.problem for event in events] == [None]
