"""Callbacks that only somebody with the account's keys, or with a copy of one, could send."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wechatpy.enterprise.crypto import WeChatCrypto

_INNER = (
    "<xml><ToUserName><![CDATA[{corp}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    "<Event><![CDATA[change_external_tag]]></Event><Id><![CDATA[{id}]]></Id>"
    "<TagType><![CDATA[tag]]></TagType><ChangeType><![CDATA[update]]></ChangeType></xml>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """One POST: query and body."""

    query: Mapping[str, str]
    body: str

    def split_elsewhere(self) -> "Forged":
        """Return it with the nonce's first digit moved to the timestamp: the same signature."""
        at, nonce = self.query["timestamp"], self.query["nonce"]
        return replace(self, query={**self.query, "timestamp": at + nonce[0], "nonce": nonce[1:]})


def forged(account: Mapping[str, Any], at: int, *, nonce: str = "") -> Forged:
    """Return a callback of a WeCom account that was sealed at a moment.

    Its signature is also that of the same bytes split elsewhere: the parts are sorted before they
    are joined, and seven follows what is split at.
    """
    while True:
        post = _sealed(account, at, nonce or f"7{secrets.randbelow(10**8):08d}")
        if nonce or _signature(account, post) == _signature(account, post.split_elsewhere()):
            return post


def _sealed(account: Mapping[str, Any], at: int, nonce: str) -> Forged:
    crypto = WeChatCrypto(account["token"], account["aes_key"], account["corpid"])
    inner = _INNER.format(corp=account["corpid"], at=at, id=secrets.token_hex(8))
    body = crypto.encrypt_message(inner, nonce, str(at))
    found = body.partition("<MsgSignature><![CDATA[")[2].partition("]]>")[0]
    return Forged(query={"msg_signature": found, "timestamp": str(at), "nonce": nonce}, body=body)


def _signature(account: Mapping[str, Any], post: Forged) -> str:
    sealed = post.body.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    parts = sorted([account["token"], post.query["timestamp"], post.query["nonce"], sealed])
    return hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324  (the platform's own)
