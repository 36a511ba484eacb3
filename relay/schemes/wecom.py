"""WeCom's and WeChat's encrypted callbacks: https://developer.work.weixin.qq.com/document/path/90968.

Token, time, nonce and ciphertext are sorted and hashed; the message is in AES, and ends with the id
of the account that it is for.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.address import query_field
from relay.schemes.bodies import read_xml
from relay.schemes.challenges import text_reply
from relay.schemes.document import Unreadable
from relay.schemes.fields import SECONDS
from relay.schemes.form import FunctionForm
from relay.schemes.inside import said
from relay.schemes.keys import parts_of
from relay.schemes.mac import same
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.place import walk
from relay.schemes.provider import Reply, Wiring
from relay.schemes.shapes import wired
from relay.source import Source

_NUL = b"\x00"
_BLOCK = 32
_AES_KEY = 43
_HEAD = 20
_LONGEST = 2048


class WecomKey(msgspec.Struct, frozen=True, kw_only=True):
    """The token of the hash, the key of the messages, and for whom they have to be."""

    token: bytes
    aes: bytes
    receiver: bytes


def wecom_key(secret: str) -> WecomKey:
    """Return the key of a secret with the parts ``token``, ``encoding_aes_key`` and ``receive_id``.

    Raises:
        ValueError: a part is missing, or the AES key isn't one.
    """
    token, aes, receiver = parts_of(secret, "token", "encoding_aes_key", "receive_id")
    try:
        key = base64.b64decode(aes + "=", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(aes) != _AES_KEY or len(key) != _BLOCK:
        raise ValueError("has no encoding_aes_key of 43 letters and digits")
    return WecomKey(token=token.encode(), aes=key, receiver=receiver.encode())


class SortedHash(msgspec.Struct, frozen=True):
    """SHA-1 of the token and the parts of the signed text, sorted; NUL stands between parts."""

    def sign(self, key: WecomKey, signed: bytes) -> bytes:
        """Return the hash in hexadecimal."""
        text = b"".join(sorted((key.token, *signed.split(_NUL))))
        return hashlib.sha1(text).hexdigest().encode()  # noqa: S324 - the provider's own

    def accepts(self, key: WecomKey, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether the first candidate is the hash."""
        return same(self.sign(key, signed), candidates[0])


def opened(keys: Iterable[WecomKey | None], ciphertext: str) -> bytes | None:
    """Return the message that one of the keys opens and that is for its account; None if none does."""
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not sealed or len(sealed) % 16:
        return None
    for key in keys:
        if key is not None and (message := _open(key, sealed)) is not None:
            return message
    return None


def _open(key: WecomKey, sealed: bytes) -> bytes | None:
    decryptor = Cipher(algorithms.AES(key.aes), modes.CBC(key.aes[:16])).decryptor()
    text = decryptor.update(sealed) + decryptor.finalize()
    text = text[: -text[-1]] if 1 <= text[-1] <= _BLOCK else b""
    size = int.from_bytes(text[16:_HEAD], "big")
    message, receiver = text[_HEAD : _HEAD + size], text[_HEAD + size :]
    return message if len(message) == size and same(receiver, key.receiver) and text else None


def sealed_for(key: WecomKey, message: bytes, salt: bytes) -> bytes:
    """Return a message as it is sent, with 16 bytes of salt."""
    text = salt + len(message).to_bytes(4, "big") + message + key.receiver
    pad = _BLOCK - len(text) % _BLOCK
    encryptor = Cipher(algorithms.AES(key.aes), modes.CBC(key.aes[:16])).encryptor()
    return base64.b64encode(encryptor.update(text + bytes([pad]) * pad) + encryptor.finalize())


def _query(delivery: Delivery, name: str) -> str:
    value = query_field(delivery, name)
    if not value or "\x00" in value:
        raise BadSignature("missing-field", name)
    return value


def _ciphertext(asked: Asked) -> str:
    if asked.delivery.method == "GET":
        return _query(asked.delivery, "echostr")
    value = walk(said(asked, read_xml), ("xml", "Encrypt"))
    if not isinstance(value, str) or not value or "\x00" in value:
        raise BadSignature("missing-field", "Encrypt")
    return value


def read_wecom(asked: Asked) -> tuple[Unit]:
    """Return the unit of an encrypted message, or of the check of our address.

    Raises:
        BadSignature: a field is missing or odd.
    """
    delivery, sealed = asked.delivery, _ciphertext(asked)
    time, nonce = _query(delivery, "timestamp"), _query(delivery, "nonce")
    check = partial(_check_opens, asked, sealed)
    return (_unit(_query(delivery, "msg_signature"), (time, nonce, sealed), (check,)),)


def read_wechat(asked: Asked) -> tuple[Unit]:
    """Return the same for an official account, where the check of our address is not encrypted.

    Raises:
        BadSignature: a field is missing or odd, or a message is not encrypted.
    """
    if asked.delivery.method != "GET":
        return read_wecom(asked)
    delivery = asked.delivery
    _query(delivery, "echostr")
    time, nonce = _query(delivery, "timestamp"), _query(delivery, "nonce")
    return (_unit(_query(delivery, "signature"), (time, nonce), ()),)


def _unit(signature: str, parts: tuple[str, ...], bindings: tuple[Callable[[], None], ...]) -> Unit:
    texts = [part.encode() for part in parts]
    return Unit(
        signatures=(signature.encode(),),
        signed=(_NUL.join(texts),),
        time=SECONDS.read(texts[0]),
        bindings=bindings,
    )


def _check_opens(asked: Asked, sealed: str) -> None:
    if opened(asked.keys, sealed) is None:
        raise BadSignature("body-changed", "it can't be decrypted, or is for another account")


def answer_wecom(asked: Asked) -> Reply | None:
    """Answer the check of our address, which was proven, with the text that was encrypted."""
    if asked.delivery.method != "GET":
        return None
    message = opened(asked.keys, _ciphertext(asked))
    return None if message is None else _echo(message.decode("utf-8", "replace"))


def answer_wechat(asked: Asked) -> Reply | None:
    """Answer the check of our address, which was proven, with its text."""
    return _echo(_query(asked.delivery, "echostr")) if asked.delivery.method == "GET" else None


def _echo(text: str) -> Reply:
    if len(text) > _LONGEST or not text.isprintable():
        raise BadSignature("not-a-challenge", "too long or not printable")
    return text_reply(text)


def write_wecom(request: Unsigned, sign: Sign) -> Signed:
    """Return the query and the body of a message, encrypted for the source's newest secret."""
    key, time = wecom_key(request.source.secrets[-1].reveal()), b"%d" % int(request.now)
    sealed = sealed_for(key, request.body, hashlib.sha256(request.body).digest()[:16])
    signature = sign(_NUL.join((time, b"nonce", sealed)))
    query = b"msg_signature=" + signature + b"&timestamp=" + time + b"&nonce=nonce"
    glue = b"&" if b"?" in request.target else b"?"
    body = b"<xml><Encrypt><![CDATA[" + sealed + b"]]></Encrypt></xml>"
    return Signed(body=body, target=request.target + glue + query)


def _reader(source: Source) -> Callable[[Delivery], Any]:
    """Return a reader of decrypted messages."""

    def read(delivery: Delivery) -> Any:
        keys = [wecom_key(secret.reveal()) for secret in source.secrets]
        sealed = walk(read_xml(delivery), ("xml", "Encrypt"))
        message = opened(keys, sealed) if isinstance(sealed, str) else None
        if message is None:
            raise Unreadable("it can't be decrypted")
        return walk(read_xml(msgspec.structs.replace(delivery, body=message)), ("xml",))

    return read


def _build(source: Source, reader: Callable[[Asked], Sequence[Unit]]) -> Wiring:
    binds = Binds.SENDER | Binds.BODY | Binds.TIME
    return wired(
        FunctionForm(reader=reader, writer=write_wecom, binds=binds),
        SortedHash(),
        key=wecom_key,
        reader=_reader(source),
        id="body:MsgId|body:MsgID|arrival + body:FromUserName? + body:CreateTime?",
        type="body:MsgType + body:Event?",
    )


def build_wecom(source: Source) -> Wiring:
    """Return the wiring of WeCom."""
    return _build(source, read_wecom)


def build_wechat(source: Source) -> Wiring:
    """Return the wiring of an official account of WeChat."""
    return _build(source, read_wechat)
