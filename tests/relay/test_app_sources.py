"""A whole relay with what surrounds verification: conflicts and refused requests end where a person looks."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from relay import app
from relay.__main__ import main
from relay.journal.sqlite import SqliteJournal
from relay.schemes.prepared import check_source
from relay.settings import Config, JournalSettings, Server
from relay.source import Secret, Source

SHOP = Source(name="shop", provider="stripe", secrets=(Secret("key"),))


def _signed(body: bytes) -> dict[str, str]:
    return check_source(SHOP).sign(body=body, now=time.time(), event_id="", event_type="")


async def _relay(folder: Path, *bodies: bytes) -> list[int]:
    """Run a relay, send it genuine bodies and one that is not, and stop it."""
    config = Config(
        server=Server(port=0), journal=JournalSettings(path=folder / "journal.db"), sources={"shop": SHOP}
    )
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(app.serve(config, structlog.get_logger(), ready=port.set_result))
    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"http://127.0.0.1:{await port}/hooks/shop"
        answers = [await client.post(url, content=body, headers=_signed(body)) for body in bodies]
        answers.append(await client.post(url, content=b"forged", headers=_signed(b"{}")))
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    return [answer.status_code for answer in answers]


def test_s10_a_conflict_and_a_refusal_are_there_after_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list of events marks the one whose id came with another body; the refused request is in the journal."""
    first, second, other = (
        json.dumps({"id": name, "type": "x", "n": n}).encode() for name, n in (("a", 1), ("a", 2), ("b", 1))
    )
    assert asyncio.run(_relay(tmp_path, first, second, other)) == [200, 200, 200, 401]
    assert [kept["reason"] for kept in asyncio.run(_refusals(tmp_path))] == ["mismatch"]
    (tmp_path / "relay.toml").write_text(f'[journal]\npath = "{tmp_path / "journal.db"}"\n')
    words = ["deskbell-relay", "events", "--conflicts", "--config", str(tmp_path / "relay.toml")]
    monkeypatch.setattr(sys, "argv", words)
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    _, only = capsys.readouterr().out.strip().splitlines()
    assert "came 1 time with another body" in only


async def _refusals(folder: Path) -> list[dict[str, Any]]:
    journal = await SqliteJournal.open(folder / "journal.db")
    found = await journal.refusals(limit=10, source="shop")
    await journal.close()
    return [{"reason": one.refusal.reason} for one in found]


def test_s16_check_tells_of_a_secret_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An end that has passed is told by check, which still finds the configuration right."""
    entry = '{ name = "old", at = "env:SHOP_KEY", until = 2020-01-01 }'
    (tmp_path / "relay.toml").write_text(
        f'[sources.shop]\nprovider = "stripe"\nsecrets = [{entry}, "env:SHOP_KEY"]\n'
    )
    monkeypatch.setenv("SHOP_KEY", "key")
    monkeypatch.setattr(sys, "argv", ["deskbell-relay", "check", "--config", str(tmp_path / "relay.toml")])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert "Note: sources.shop: the secret old has expired on 2020-01-02 00:00 UTC" in capsys.readouterr().out
