"""The platform's side of the seal, apart from bot's, so that tests can also seal wrongly."""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

TOKEN = "demoToken2026"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OTHER_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
RECEIVER = "wx0123456789abcdef"
TIMESTAMP = "1760000000"
NONCE = "nonce0001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A sealed callback as it leaves the platform."""

    encrypt: str
    signature: str
    timestamp: str = TIMESTAMP
    nonce: str = NONCE

    @property
    def query(self) -> dict[str, str]:
        return {
            "msg_signature": self.signature,
            "timestamp": self.timestamp,
            "nonce": self.nonce,
            "encrypt_type": "aes",
        }

    @property
    def body(self) -> bytes:
        return (
            f"<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>"
            f"<Encrypt><![CDATA[{self.encrypt}]]></Encrypt></xml>"
        ).encode()


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def signed(encrypt: str) -> Post:
    """Any text, genuinely signed."""
    return Post(encrypt=encrypt, signature=sign(TOKEN, TIMESTAMP, NONCE, encrypt))


def frame(message: bytes, receiver: str = RECEIVER, length: int | None = None) -> bytes:
    size = len(message) if length is None else length
    return b"0123456789abcdef" + size.to_bytes(4, "big") + message + receiver.encode()


def padded(plain: bytes) -> bytes:
    pad = 32 - len(plain) % 32
    return plain + bytes([pad]) * pad


def encrypted(plain: bytes, key_text: str = AES_KEY) -> str:
    """Whole blocks of anything, encrypted without a look at them."""
    key = base64.b64decode(key_text + "=")
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def sealed(message: str | bytes, receiver: str = RECEIVER) -> Post:
    """A message as a faithful platform sends it."""
    content = message.encode() if isinstance(message, str) else message
    return signed(encrypted(padded(frame(content, receiver))))
