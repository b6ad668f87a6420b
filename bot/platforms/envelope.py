"""The seal on a callback: signature, AES and frame, the same for every platform of the family.

Layout and order of checks follow the source sheets wecom/crypto.md sections 2 to 4 and
oa/callbacks.md section 4. A refusal names its step for our own eyes; the sender learns nothing.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.errors import Refused

_AES_BLOCK = 16
_PAD_BLOCK = 32  # twice the AES block, so library unpadders refuse genuine messages
_SHOWN = 64  # bytes of a strange receiver; real ones have 18 or so
_HEAD = 20  # 16 random bytes and the length of the message
_ORDER = ("decrypt", "padding", "length", "receiver")

_KEY_TEXT = re.compile(r"[A-Za-z0-9+/]{43}")
_TIMESTAMP = re.compile(r"[0-9]{10}")
_NONCE = re.compile(r"[0-9A-Za-z_-]{1,64}")
_SIGNATURE = re.compile(r"[0-9a-f]{40}")


def signature(token: str, timestamp: str, nonce: str, *rest: str) -> str:
    """The platforms' SHA-1 over the sorted parts, as 40 lowercase hex digits.

    Three parts sign a plain Official Account post, a fourth (the Encrypt text) a sealed one.

    >>> signature("test", "1410685589", "test")
    'f21891de399b4e33a1a93c9a7b8a8fffb5a443ff'
    """
    parts = sorted(
        part.encode("utf-8", "surrogatepass") for part in (token, timestamp, nonce, *rest)
    )
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What the query of a callback says besides the body; `signature` is not yet verified."""

    timestamp: str
    nonce: str
    signature: str


def stamp_of(query: Mapping[str, str], signature_name: str) -> Stamp:
    """The well-formed stamp of a query whose signature travels as `signature_name`.

    Raises Refused("envelope") when a parameter is missing, given twice or of another form:
    timestamp 10 digits, nonce 1 to 64 of letters, digits, _ and -, signature 40 lowercase hex.
    """
    return Stamp(
        timestamp=once(query, "timestamp", _TIMESTAMP),
        nonce=once(query, "nonce", _NONCE),
        signature=once(query, signature_name, _SIGNATURE),
    )


def once(query: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    """The value of a parameter given exactly once and wholly matching `form`, else Refused."""
    # A multi-valued query lists a repeated parameter once per value.
    values = [text for key, text in query.items() if key == name]
    if len(values) != 1 or not form.fullmatch(values[0]):
        raise Refused("envelope", f"查询参数 {name} 缺失、重复或格式不对")
    return values[0]


def check_signature(given: str, token: str, timestamp: str, nonce: str, *rest: str) -> None:
    """Refused("signature") unless `given` signs the parts; takes the same time either way."""
    expected = signature(token, timestamp, nonce, *rest)
    if not hmac.compare_digest(expected.encode(), _bytes(given)):
        raise Refused("signature", "签名不符：Token 不对，或内容被改动")


class Key:
    """One EncodingAESKey, ready for use; build it once, it is costly next to a message.

    Raises ValueError unless the text is 43 base64 characters. The last of them may carry spare
    bits; they are ignored, as the platforms do. Never shows itself in a repr.
    """

    __slots__ = ("_cipher",)

    def __init__(self, encoding_aes_key: str) -> None:
        if not _KEY_TEXT.fullmatch(encoding_aes_key):
            raise ValueError("EncodingAESKey 应为 43 个字母或数字")
        secret = base64.b64decode(encoding_aes_key + "=")
        self._cipher = Cipher(AES(secret), CBC(secret[:_AES_BLOCK]))

    def decrypt(self, sealed: bytes) -> bytes:
        """The padded frame; `sealed` is a whole number of 16-byte blocks."""
        decryptor = self._cipher.decryptor()
        return decryptor.update(sealed) + decryptor.finalize()

    def encrypt(self, padded: bytes) -> bytes:
        """The reverse of decrypt."""
        encryptor = self._cipher.encryptor()
        return encryptor.update(padded) + encryptor.finalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The four parts of a sealed reply."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What one endpoint needs to open and close messages.

    `keys` holds the current key and, during a rotation, the previous one after it. `receivers`
    are the ids accepted at the end of a frame: AppID or CorpID, "" alone for an internal bot.
    """

    token: str = field(repr=False)
    keys: tuple[Key, ...]
    receivers: frozenset[str]

    def open(self, encrypt: str, *, timestamp: str, nonce: str, msg_signature: str) -> bytes:
        """The message inside, genuine and for us; still unread bytes. Repeating is safe.

        Raises Refused with the first failing step: signature, base64, decrypt, padding, length
        or receiver. With two keys the refusal is that of the key that got furthest.
        """
        check_signature(msg_signature, self.token, timestamp, nonce, encrypt)
        sealed = _unbase64(encrypt)
        refusals: list[Refused] = []
        for key in self.keys:
            try:
                return self._unframe(_unpad(_decrypted(key, sealed)))
            except Refused as refusal:
                refusals.append(refusal)
        if not refusals:
            raise Refused("decrypt", "没有可用的 EncodingAESKey（应为 43 个字母或数字）")
        raise max(refusals, key=lambda refusal: _ORDER.index(refusal.step))

    def close(self, plain: bytes, *, nonce: str, timestamp: str, random16: bytes) -> Sealed:
        """`plain` sealed with the current key and signed, for a reply.

        `random16` must come from a secure source except in tests. Raises ValueError when it is
        not 16 bytes, when there is no key, or when the seal admits several receivers.
        """
        if len(random16) != _AES_BLOCK or not self.keys or len(self.receivers) != 1:
            raise ValueError("a seal closes with 16 random bytes, a key and one receiver")
        (receiver,) = self.receivers
        frame = random16 + len(plain).to_bytes(4, "big") + plain + receiver.encode()
        pad = _PAD_BLOCK - len(frame) % _PAD_BLOCK
        encrypt = base64.b64encode(self.keys[0].encrypt(frame + bytes((pad,)) * pad)).decode()
        signed = signature(self.token, timestamp, nonce, encrypt)
        return Sealed(encrypt=encrypt, signature=signed, timestamp=timestamp, nonce=nonce)

    def _unframe(self, frame: bytes) -> bytes:
        end = _HEAD + int.from_bytes(frame[_AES_BLOCK:_HEAD], "big")
        if len(frame) < _HEAD or end > len(frame):
            raise Refused("length", "明文长度与声明不符")
        ours = False
        for receiver in self.receivers:
            ours |= hmac.compare_digest(_bytes(receiver), frame[end:])
        if not ours:
            raise Refused("receiver", f"接收方是 {_shown(frame[end:])}，不是本账号")
        return frame[_HEAD:end]


def _shown(receiver: bytes) -> str:
    # Whoever got here has signed, and the name tells operators which account the platform meant.
    text = receiver[:_SHOWN].decode("ascii", "replace")
    return text if text and text.isprintable() else "（空的或乱码）"


def _bytes(text: str) -> bytes:
    # Half a surrogate pair signs nothing genuine, but it must fail as a signature, not as a crash.
    return text.encode("utf-8", "surrogatepass")


def _unbase64(encrypt: str) -> bytes:
    try:
        return binascii.a2b_base64(encrypt.encode("ascii"), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        raise Refused("base64", "密文不是标准 base64") from None


def _decrypted(key: Key, sealed: bytes) -> bytes:
    if len(sealed) < _PAD_BLOCK or len(sealed) % _AES_BLOCK:
        raise Refused("decrypt", "密文长度不是整数个分组")
    return key.decrypt(sealed)


def _unpad(padded: bytes) -> bytes:
    # The whole need not be a multiple of 32: the padding states its own length, and every byte
    # of it is checked. Anyone who reaches this line has signed, so it is no padding oracle.
    pad = padded[-1]
    if not 1 <= pad <= _PAD_BLOCK or padded[-pad:] != bytes((pad,)) * pad:
        raise Refused("padding", "填充不合法：EncodingAESKey 可能不对")
    return padded[:-pad]
