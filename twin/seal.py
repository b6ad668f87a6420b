"""Sign and encrypt what goes to a callback URL, and open what comes back, by wechatpy's codec."""

import json
import re
import secrets
import struct
from dataclasses import dataclass

from wechatpy.crypto import WeChatCrypto as OaCrypto
from wechatpy.enterprise.crypto import WeChatCrypto as WecomCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from twin.letters import letter
from twin.world import JSON_MODE, Account, AibotAccount, OaAccount

_SEALED = re.compile(
    r"<Encrypt><!\[CDATA\[(.+?)\]\]></Encrypt>\s*<MsgSignature><!\[CDATA\[(.+?)\]\]>", re.S
)


class Unopened(Exception):
    """A sealed reply cannot be opened; the message says at which step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One sealed callback: the query and the body, both exactly as they go out, and its type."""

    query: dict[str, str]
    body: str
    content_type: str = "text/xml"


def seal(
    account: Account, inner: str, at: int, openid: str = "", *, keys: Account | None = None
) -> Post:
    """Return `inner` as the account's mode sends it, with a fresh nonce.

    `keys` is the account as the platform's console has it, where that differs.
    """
    nonce = str(secrets.randbelow(10**10))
    keys = keys or account
    if not isinstance(account, OaAccount):
        encrypt, signature = sealed(keys, inner, nonce, at)
        query = {"msg_signature": signature, "timestamp": str(at), "nonce": nonce}
        if isinstance(account, AibotAccount):
            body = json.dumps({"encrypt": encrypt})
            return Post(query=query, body=body, content_type="application/json")
        if account.mode == JSON_MODE:
            told = {"tousername": account.corpid, "encrypt": encrypt}
            body = json.dumps({**told, "agentid": str(account.agentid)})
            return Post(query=query, body=body, content_type="application/json")
        head = [("ToUserName", account.corpid), ("AgentID", str(account.agentid))]
        return Post(query=query, body=letter([*head, ("Encrypt", encrypt)]))
    query = {
        "signature": sign(keys.token, str(at), nonce),
        "timestamp": str(at),
        "nonce": nonce,
        "openid": openid,
    }
    if account.mode == "plain":
        return Post(query=query, body=inner)
    encrypt, signature = sealed(keys, inner, nonce, at)
    query |= {"encrypt_type": "aes", "msg_signature": signature}
    if account.mode == "safe":
        body = letter([("ToUserName", account.gh), ("Encrypt", encrypt)])
    else:
        body = inner.removesuffix("</xml>") + f"<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
    return Post(query=query, body=body)


def sealed(account: Account, inner: str, nonce: str, at: int) -> tuple[str, str]:
    """Return the Encrypt text of `inner` and its msg_signature."""
    envelope = _crypto(account).encrypt_message(inner, nonce, str(at))
    found = _SEALED.search(envelope)
    if found is None:
        raise ValueError("the codec changed the shape of its envelope")
    return found[1], found[2]


def sign(*parts: str) -> str:
    """Return the signature over token, timestamp and nonce."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def opened(account: Account, encrypt: str, signature: str, timestamp: str, nonce: str) -> str:
    """Return the clear text of a sealed reply. Raises Unopened."""
    try:
        clear: str = _crypto(account).decrypt_message(
            {"Encrypt": encrypt}, signature, timestamp, nonce
        )
    except WeChatException as cause:
        raise Unopened(f"签名或接收方不对：{cause}") from cause
    except (ValueError, struct.error, IndexError) as cause:
        raise Unopened(f"解不开：{cause}") from cause
    return clear


def _crypto(account: Account) -> "OaCrypto | WecomCrypto":
    if isinstance(account, OaAccount):
        return OaCrypto(account.token, account.aes_key, account.appid)
    # The frame of an aibot names no receiver (wecom/crypto.md section 3).
    receiver = "" if isinstance(account, AibotAccount) else account.corpid
    return WecomCrypto(account.token, account.aes_key, receiver)
