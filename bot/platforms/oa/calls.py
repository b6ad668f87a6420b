"""Official Account: actions → receipts (oa/api.md)."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.actions import Label, ReadProfile, Receipt, Remote, Reply, Send, State
from bot.events import Alias, AliasKind, ProfileRead
from bot.platforms.oa.reply import fitting
from bot.platforms.port import Port, text_of
from bot.platforms.wire import Answer, Wire

_SEND = "/cgi-bin/message/custom/send"
_INFO = "/cgi-bin/user/info"
_TAGS = "/cgi-bin/tags"
_NO_SUCH_LABEL = 45159  # also said, falsely, while labels are written side by side
_LABEL_TRIES = 3


async def perform(action: Remote, port: Port, attempts: int) -> Receipt:
    """Carry out one effect at the Official Account's platform and say what became of it.

    Never raises for what a platform or a network can do.
    """
    match action:
        case Reply() | Send():
            return await _send(action.openid, action.text, port, attempts)
        case ReadProfile():
            return await _read_profile(action, port, attempts)
        case Label():
            return await _label(action, port, attempts)
        case _:
            return Receipt(state=State.FAILED, meaning=f"公众号没有这种动作：{action.kind}")


def token_fetch(
    wire: Wire, *, appid: str, secret: str, stable: bool
) -> Callable[[], Awaitable[Answer]]:
    """Return how a token is asked for: stable_token where it exists (oa/api.md section 1)."""

    async def stable_token() -> Answer:
        body = {"grant_type": "client_credential", "appid": appid, "secret": secret}
        return await wire.call("POST", "/cgi-bin/stable_token", query={}, body=body)

    async def classic_token() -> Answer:
        query = {"grant_type": "client_credential", "appid": appid, "secret": secret}
        return await wire.call("GET", "/cgi-bin/token", query=query)

    return stable_token if stable else classic_token


async def _send(openid: str, text: str, port: Port, attempts: int) -> Receipt:
    body = {"touser": openid, "msgtype": "text", "text": {"content": fitting(text)}}
    answer = await port.call("POST", _SEND, body)
    return port.receipt(_SEND, answer, attempts=attempts, repeatable=False)


async def _read_profile(action: ReadProfile, port: Port, attempts: int) -> Receipt:
    openid = action.alias.value
    answer = await port.call("GET", _INFO, None, openid=openid, lang="zh_CN")
    receipt = port.receipt(_INFO, answer, attempts=attempts, repeatable=True)
    if receipt.state is not State.DONE:
        return receipt
    read = ProfileRead(
        account=port.account,
        who=Alias(AliasKind.OA_OPENID, port.scope, openid),
        unionid=text_of(answer.body, "unionid"),
    )
    return Receipt(state=State.DONE, code=0, phase=receipt.phase, events=(read,))


async def _label(action: Label, port: Port, attempts: int) -> Receipt:
    ids, trouble = await _label_ids(action.add + action.remove, port, attempts)
    if trouble:
        return trouble
    for verb, names in (("batchtagging", action.add), ("batchuntagging", action.remove)):
        for name in names:
            api = f"{_TAGS}/members/{verb}"
            body = {"openid_list": [action.member], "tagid": int(ids[name])}
            answer = await port.call("POST", api, body)
            if answer.code == _NO_SUCH_LABEL and attempts < _LABEL_TRIES:
                return await port.forgotten((name,))
            receipt = port.receipt(api, answer, attempts=attempts, repeatable=True)
            if receipt.state is not State.DONE:
                return receipt
    return Receipt(state=State.DONE, code=0, phase="answered")


async def _label_ids(
    names: tuple[str, ...], port: Port, attempts: int
) -> tuple[dict[str, str], Receipt | None]:
    ids = dict(await port.labels.known(port.account, names))
    if all(name in ids for name in names):
        return ids, None
    answer = await port.call("GET", f"{_TAGS}/get")
    receipt = port.receipt(f"{_TAGS}/get", answer, attempts=attempts, repeatable=True)
    if receipt.state is not State.DONE:
        return ids, receipt
    ids |= _by_name((answer.body or {}).get("tags"), names)
    for name in names:
        if name not in ids:
            body = {"tag": {"name": name}}
            made = await port.call("POST", f"{_TAGS}/create", body)
            receipt = port.receipt(f"{_TAGS}/create", made, attempts=attempts, repeatable=True)
            if receipt.state is not State.DONE:
                return ids, receipt
            ids |= _by_name([(made.body or {}).get("tag")], names)
    await port.labels.learn(port.account, {n: ids[n] for n in names if n in ids})
    if missing := [n for n in names if n not in ids]:
        # Made by somebody else between our look and our make: the next try will see it.
        return ids, Receipt(state=State.READY, meaning=f"标签 {missing[0]} 尚不可见", retry_s=1)
    return ids, None


def _by_name(tags: Any, names: tuple[str, ...]) -> dict[str, str]:
    found = [t for t in tags or [] if isinstance(t, dict)]
    return {str(t.get("name")): str(t.get("id")) for t in found if t.get("name") in names}
