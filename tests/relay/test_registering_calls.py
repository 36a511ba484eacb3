"""Calls to other systems: bounded, repeated only where that is safe, and explained when they fail."""

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.responses import JSONResponse, Response

from relay.errors import CallFailed, ConfigError
from relay.remote import ANSWER_LIMIT, TRIES, Answer, Api
from relay.source import Secret
from tests.relay.conftest import Serve
from tests.relay.provider_apis import FarApi


class Mirror(FarApi):
    """An API that answers what it is asked, to everybody. ``waits`` are the seconds that its callers waited."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Take no time."""
        self.waits.append(seconds)

    def refuse(self, request: Any) -> Response | None:
        return None

    def answer(self, request: Any, body: bytes) -> Response:
        return JSONResponse({"path": request.url.path, "body": body.decode()})


@pytest.fixture
def far(serve: Serve) -> Mirror:
    mirror = Mirror()
    # The answers here bring their own dates.
    mirror.base = f"http://127.0.0.1:{serve(mirror, date_header=False)}"
    return mirror


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"


def call(far: Mirror, method: str = "GET", path: str = "/x", **options: Any) -> Answer:
    """Make one call."""
    base, seconds = options.pop("base", far.base), options.pop("seconds", 20.0)
    hidden = [Secret("s3cr3t")]

    async def work() -> Answer:
        async with Api(
            title="Acme", base=base, needs="a key", hidden=hidden, sleep=far.sleep, seconds=seconds
        ) as api:
            return await api.call(method, path, what="thing 7", **options)

    return asyncio.run(work())


def failure(far: Mirror, method: str = "GET", **options: Any) -> CallFailed:
    """Make one call that fails."""
    with pytest.raises(CallFailed) as failed:
        call(far, method, **options)
    return failed.value


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (400, "Acme refused the request (400). It says: no such colour"),
        (401, "Acme does not accept the credential: it is wrong, expired or revoked (401). It needs: a key."),
        (403, "Acme knows the credential but does not allow this (403). It needs: a key."),
        (404, "Acme has no thing 7, or hides it from this credential (404)."),
        (409, "Acme refused the request (409)."),
        (410, "Acme has no thing 7 any more (410)."),
        (422, "Acme refused the request (422). It says: no such colour"),
        (500, "Acme has a fault of its own (500). Try again later."),
        (503, "Acme has a fault of its own (503). Try again later."),
    ],
)
def test_each_status_has_its_sentence(far: Mirror, status: int, sentence: str) -> None:
    """Whoever typed the command learns what to do about each kind of refusal."""
    far.failures = [JSONResponse({"message": "no such colour"}, status) for _ in range(TRIES)]
    failed = failure(far)
    assert str(failed).startswith(sentence)
    assert "no such colour" in str(failed)
    assert failed.status == status


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"message": "Validation Failed", "errors": [{"message": "taken"}]}, "Validation Failed; taken"),
        ({"error": {"message": "Missing param", "type": "x"}}, "Missing param"),
        ({"errors": [{"title": "Bad", "detail": "Worse"}]}, "Worse; Bad"),
        ({"error": "Couldn't authenticate you"}, "Couldn't authenticate you"),
        ({"errors": "flat"}, "flat"),
        ({"message": "your key s3cr3t is old"}, "your key … is old"),
        ({"message": "two\nlines\x1b[31m"}, r"two\x0alines\x1b[31m"),
        ([1, 2], "It gave no reason."),
        ("x" * 5000, "xxx"),
        ({"errors": [[[[[[[[[["deep"]]]]]]]]]]}, "It gave no reason."),
    ],
)
def test_the_reason_is_quoted_on_one_line_without_our_secrets(
    far: Mirror, document: object, said: str
) -> None:
    """Each provider's way to say why is understood; what it says cannot harm a terminal or tell a secret."""
    far.failures = [JSONResponse(document, 422)]
    text = str(failure(far))
    assert said in text
    assert "s3cr3t" not in text
    assert "\n" not in text
    assert len(text) < 500


@pytest.mark.parametrize("body", [b"<html>down</html>", b"\xff\xfe", b""])
def test_an_error_that_is_no_json_is_an_error_all_the_same(far: Mirror, body: bytes) -> None:
    """A proxy's HTML page does not become a crash."""
    far.failures = [Response(body, 400)]
    assert "It gave no reason." in str(failure(far))


def test_success_that_is_no_json_is_refused(far: Mirror) -> None:
    """A sign-in page with status 200 is not taken for an answer."""
    far.failures = [Response("<html>sign in</html>")]
    assert "something else than JSON; is --api right?" in str(failure(far))


def test_an_answer_of_another_shape_is_a_sentence(far: Mirror) -> None:
    """An API that changed is named, rather than a field missing somewhere later."""
    with pytest.raises(CallFailed, match="Acme answered otherwise than its documentation says"):
        call(far).read(list[int])


def test_an_endless_answer_is_cut(far: Mirror) -> None:
    """At the limit an answer is read, and one byte later it is not."""
    whole = b'"' + b"x" * (ANSWER_LIMIT - 2) + b'"'
    far.failures = [Response(whole), Response(whole + b" ")]
    assert call(far).document == "x" * (ANSWER_LIMIT - 2)
    assert "larger than" in str(failure(far))


@pytest.mark.parametrize(
    ("method", "options", "calls"),
    [
        ("GET", {}, TRIES),
        ("PUT", {"json": 1}, TRIES),
        ("DELETE", {}, TRIES),
        ("POST", {"json": 1}, 1),
        ("PATCH", {"json": 1}, 1),
        ("POST", {"json": 1, "repeatable": True}, TRIES),
    ],
)
def test_a_fault_is_tried_again_only_where_that_is_harmless(
    far: Mirror, method: str, options: dict[str, Any], calls: int
) -> None:
    """Nothing is made twice because the far end stumbled; waits double."""
    far.failures = [Response(status_code=502) for _ in range(TRIES)]
    text = str(failure(far, method, **options))
    assert len(far.calls) == calls
    assert far.waits == [1.0, 2.0, 4.0][: calls - 1]
    assert ("It may have been done all the same" in text) == (method != "GET")


def test_a_fault_that_passes_is_not_noticed(far: Mirror) -> None:
    """One bad answer among good ones costs a second, not a failure."""
    far.failures = [Response(status_code=500)]
    assert call(far).status == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "7"}, 7.0),
        (429, {}, 1.0),
        (429, {"retry-after": "soon"}, 1.0),
        (429, {"retry-after": "-5"}, 1.0),
        (
            429,
            {"date": "Sat, 21 Nov 2026 10:00:00 GMT", "retry-after": "Sat, 21 Nov 2026 10:00:09 GMT"},
            9.0,
        ),
        (
            429,
            {"date": "Sat, 21 Nov 2026 10:00:00 GMT", "retry-after": "Sat, 21 Nov 2026 09:00:00 GMT"},
            0.0,
        ),
        (403, {"x-ratelimit-remaining": "0"}, 1.0),
        (403, {"retry-after": "3"}, 3.0),
    ],
)
def test_too_many_requests_are_waited_for(
    far: Mirror, method: str, status: int, headers: dict[str, str], seconds: float
) -> None:
    """A limit that was reached means that nothing was done, so any call is made again, when it was asked."""
    far.failures = [Response(status_code=status, headers=headers)]
    assert call(far, method, json=1).status == 200
    assert far.waits == [seconds]


def test_a_long_wait_is_left_to_the_person(far: Mirror) -> None:
    """A command doesn't sit there for an hour; it says when to come back."""
    far.failures = [Response(status_code=429, headers={"retry-after": "3600"})]
    assert "Try again in 3600 s." in str(failure(far))
    assert far.waits == []


def test_too_many_requests_for_ever_end(far: Mirror) -> None:
    """Waiting has an end, too."""
    far.failures = [Response(status_code=429) for _ in range(9)]
    assert "too many requests (429)" in str(failure(far))
    assert len(far.calls) == TRIES


def test_a_redirect_is_not_followed(far: Mirror) -> None:
    """The credential goes where it was meant for; a renamed repository is said."""
    far.failures = [Response(status_code=301, headers={"location": "https://other.example/x?token=1"})]
    text = str(failure(far))
    assert "has moved (301) to https://other.example/x;" in text
    assert "token" not in text
    assert len(far.calls) == 1


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/x", "http://127.0.0.1:1/x", ".evil.example/x", "@evil.example/x", "https://[::1"],
)
def test_a_next_page_elsewhere_is_not_fetched(far: Mirror, page: str) -> None:
    """A list can't send the credential to another host or port."""
    assert "not followed" in str(failure(far, path=page))


def test_missing_can_be_an_answer(far: Mirror) -> None:
    """What shall be removed may be gone already."""
    far.failures = [Response(status_code=404)]
    assert call(far, "DELETE", missing_ok=True).status == 404


def test_a_refused_connection_is_said(far: Mirror) -> None:
    """Nobody there is a sentence, after some tries, for any method: nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        base = f"http://127.0.0.1:{door.getsockname()[1]}"
    assert "127.0.0.1 refused the connection" in str(failure(far, "POST", base=base, json=1))
    assert len(far.waits) == TRIES - 1


def test_silence_ends(far: Mirror, silent: str) -> None:
    """A call whose answer never comes ends within its time; whether it was done is left open."""
    text = str(failure(far, "POST", base=silent, json=1, seconds=0.1))
    assert "did not answer within 0.1 seconds. It may have been done all the same" in text
    assert far.waits == []


def test_an_unknown_name_is_said(far: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt host is a sentence about DNS."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert "The name api.nothing.invalid is not known" in str(
        failure(far, base="https://api.nothing.invalid")
    )


def certificate(folder: Path) -> Path:
    """Make a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_a_certificate_that_nobody_vouches_for_is_refused(serve: Serve, far: Mirror, tmp_path: Path) -> None:
    """The credential is not sent to a server that can't prove its name; the sentence says what helps."""
    file = certificate(tmp_path)
    port = serve(far, ssl_certfile=str(file), ssl_version=ssl.PROTOCOL_TLS_SERVER)
    text = str(failure(far, base=f"https://127.0.0.1:{port}"))
    assert "127.0.0.1's certificate is not trusted: self-signed certificate." in text
    assert "SSL_CERT_FILE" in text
    assert (far.calls, far.waits) == ([], [])


def test_plain_http_where_tls_is_expected_is_said(far: Mirror) -> None:
    """An address with the wrong scheme is told from one that is down."""
    assert "does not speak TLS" in str(
        failure(far, base=far.base.replace("http://127.0.0.1", "https://127.0.0.1"))
    )


@pytest.mark.parametrize(
    "base",
    [
        "http://api.example.com",
        "ftp://127.0.0.1",
        "api.example.com",
        "",
        "https://user:pw@api.example.com",
        "https://api.example.com?key=1",
        "https://[::1",
        "http://127.0.0.1:99999",
    ],
)
def test_a_base_that_would_leak_the_credential_is_refused(base: str) -> None:
    """The credential goes over TLS or over loopback, and its address is plain."""
    with pytest.raises(ConfigError, match="--api"):
        Api(title="Acme", base=base)
