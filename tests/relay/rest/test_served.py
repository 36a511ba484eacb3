"""The API of a real relay, on the port of its webhooks and sockets."""

import json

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.relay_process import PATIENCE, Paired, RelayProcess


def bearer(paired: Paired) -> dict[str, str]:
    """Return the header that shows a token."""
    return {"Authorization": f"Bearer {paired.token}"}


def _listen(socket: ClientConnection) -> None:
    """Read until the connection ends."""
    while True:
        socket.recv(timeout=20)


def test_an_event_is_claimed_and_told_over_the_api(relay_process: RelayProcess) -> None:
    """A webhook arrives; the agent finds it, claims it by HTTP, and the lead sees who has it, and why."""
    relay_process.start()
    agent = relay_process.pair(teams=("billing",))
    lead = relay_process.pair("lena@example.com", (), leads=("billing",))
    headers, body = relay_process.request()
    assert httpx.post(
        relay_process.hook(), content=body, headers=headers, timeout=PATIENCE, trust_env=False
    ).is_success
    with httpx.Client(base_url=f"{relay_process.url}/v1", timeout=PATIENCE, trust_env=False) as client:

        def notified() -> bool:
            return bool(client.get("/notifications", headers=bearer(agent)).json()["items"])

        relay_process.wait_until(notified)
        (item,) = client.get("/notifications", headers=bearer(agent)).json()["items"]
        address = f"/notifications/{item['id']}"
        claimed = client.post(f"{address}/claim", headers={**bearer(agent), "Idempotency-Key": "1"})
        assert claimed.json()["holders"] == ["mira@example.com"]
        assert client.get(address, headers=bearer(lead)).json()["work"]["stage"] == "claimed"
        told = client.get(f"{address}/why?agent=mira@example.com", headers=bearer(lead)).json()
        assert told["code"] == "toast"
        assert client.get("/playbooks", headers=bearer(agent)).json()
        assert client.get("/openapi.json").json()["info"]["title"] == "Deskbell"
        assert client.get("/events", headers=bearer(lead)).status_code == 403


def test_signing_out_closes_the_socket(relay_process: RelayProcess) -> None:
    """At once, and with the code that says not to come back."""
    relay_process.start()
    paired = relay_process.pair()
    address = relay_process.url.replace("http", "ws") + "/ws"
    with connect(
        address, subprotocols=[Subprotocol("deskbell.v1")], additional_headers=bearer(paired)
    ) as socket:
        socket.send(json.dumps({"kind": "hello", "version": 1, "device": paired.device}))
        assert json.loads(socket.recv(timeout=20))["kind"] == "welcome"
        signed_out = httpx.delete(
            f"{relay_process.url}/v1/me", headers=bearer(paired), timeout=PATIENCE, trust_env=False
        )
        assert signed_out.status_code == 204
        with pytest.raises(ConnectionClosed) as closed:
            _listen(socket)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4501
