"""Refused requests, kept for a person: what is left of them, and how they reach the journal."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import StorageBusy
from relay.journal.sqlite import SqliteJournal
from relay.refusal_buffer import MAX_BYTES, RefusalBuffer
from relay.refusals import KEPT_BODY, Refusal, Request, describe, masked, replayed

SECRET = "canary-canary-canary"


def request(
    *headers: tuple[bytes, bytes], body: bytes | None = b"{}", target: bytes = b"/hooks/shop"
) -> Request:
    """Return a request of the source shop."""
    return Request(
        source="shop", at=5.0, peer="192.0.2.1", method="POST", target=target, headers=headers, body=body
    )


def kept(given: Request, *, whole: bool = False) -> Refusal:
    """Return what is kept of a request."""
    return describe(given, reason="mismatch", detail="why", whole=whole)


@pytest.mark.parametrize(
    "name",
    [
        "authorization", "cookie", "x-gitlab-token", "x-hub-signature-256", "stripe-signature", "x-api-key",
        "paypal-transmission-sig", "webhook-signature", "x-amz-signature", "password", "x-anything-else",
    ],
)  # fmt: skip
def test_what_could_be_used_again_is_masked(name: str) -> None:
    """Of a signature, a token or anything unknown, the length and the beginning are left."""
    found = kept(request((name.encode(), f"v1={SECRET}".encode())))
    assert found.headers == ((name, "v1=c… (23 characters)"),)
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    "name", ["host", "user-agent", "content-type", "x-github-event", "webhook-timestamp"]
)
def test_ordinary_headers_are_kept(name: str) -> None:
    """What helps to understand the request stays as it was."""
    assert kept(request((name.encode(), b"a value \xe9"))).headers == ((name, "a value é"),)


def test_a_short_value_shows_nothing_of_itself() -> None:
    """Four characters of a short secret would be a good part of it."""
    assert masked("hunter2") == "(7 characters)"
    assert masked("x" * 16) == "xxxx… (16 characters)"


def test_a_token_in_the_query_is_masked_in_any_case() -> None:
    """It is good for any request; other fields may be signed, and stay if the request is kept whole."""
    given = request(target=b"/hooks/shop?token=canary-canary-canary&crc_token=abc&flag", body=None)
    token = "/hooks/shop?token=cana… (20 characters)"
    assert kept(given).target == f"{token}&crc_token=(3 characters)&flag"
    assert kept(given, whole=True).target == f"{token}&crc_token=abc&flag"


def test_a_whole_request_can_be_judged_again() -> None:
    """What is kept whole comes back as it arrived; what isn't, doesn't."""
    given = request((b"x-signature", b"sha256=\xff"), body=b"\x00\xff")
    back = replayed(kept(given, whole=True))
    assert back is not None
    assert (list(back.headers), back.body, back.received_at) == (list(given.headers), given.body, 5.0)
    assert replayed(kept(given)) is None
    large = request(body=b"x" * (KEPT_BODY + 1))
    assert replayed(kept(large, whole=True)) is None
    assert kept(large, whole=True).size == KEPT_BODY + 1


@given(st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=40))), st.binary(max_size=60))
def test_hostile_requests_are_described(headers: list[tuple[bytes, bytes]], target: bytes) -> None:
    """Whatever bytes a request has, it can be kept."""
    for whole in (False, True):
        kept(request(*headers, target=target), whole=whole)


def _in_journal(tmp_path: Path, use: Callable[[SqliteJournal], object]) -> None:
    async def run() -> None:
        journal = await SqliteJournal.open(tmp_path / "journal.db")
        try:
            await asyncio.wait_for(use(journal), 30)  # type: ignore[arg-type] # a coroutine in each test
        finally:
            await journal.close()

    asyncio.run(run())


def test_refused_requests_reach_the_journal(tmp_path: Path) -> None:
    """They are stored by the task, or by a flush at the end, and come back as they were."""

    async def use(journal: SqliteJournal) -> None:
        stored = asyncio.Event()

        async def store(refusals: object, keep: int) -> None:
            await journal.keep_refusals(refusals, keep)  # type: ignore[arg-type] # passed on as it came
            stored.set()

        buffer = RefusalBuffer(store, keep=5, seconds=0.0)
        task = asyncio.create_task(buffer.run())
        one = kept(request((b"x", b"\xff"), body=b"\xff"), whole=True)
        buffer.add(one)
        await stored.wait()
        task.cancel()
        buffer.add(kept(request()))
        await buffer.flush()
        await buffer.flush()
        assert [found.refusal for found in await journal.refusals(limit=9)] == [kept(request()), one]

    _in_journal(tmp_path, use)


def test_a_flood_is_bounded() -> None:
    """Of one source and reason only so many are wanted, and of all together only so many bytes."""

    async def run() -> None:
        taken: list[int] = []

        async def store(refusals: object, _: int) -> None:
            taken.append(len(refusals))  # type: ignore[arg-type] # a sequence, as the journal takes it
            raise StorageBusy("full")

        buffer = RefusalBuffer(store, keep=3)
        for _ in range(10):
            if buffer.wants("shop", "mismatch"):
                buffer.add(kept(request()))
        assert buffer.wants("shop", "stale")
        assert buffer.wants("other", "mismatch")
        await buffer.flush()
        assert buffer.wants("shop", "mismatch")
        large = kept(request(body=b"x" * KEPT_BODY), whole=True)
        for number in range(MAX_BYTES // KEPT_BODY):
            assert buffer.wants("shop", str(number))
            buffer.add(large)
        assert not buffer.wants("other", "anything")
        assert not RefusalBuffer(store, keep=0).wants("shop", "mismatch")
        assert taken == [3]

    asyncio.run(run())
