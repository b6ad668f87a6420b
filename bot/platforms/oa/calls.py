"""Official Account: actions → receipts (oa/api.md)."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial

from bot.actions import (
    Label,
    ReadProfile,
    Receipt,
    Remote,
    Reply,
    Send,
    SendOnce,
    SendSubscription,
    SendTemplate,
    ShowTyping,
    State,
)
from bot.events import Alias, AliasKind, ProfileRead
from bot.platforms.call import ask, sent
from bot.platforms.oa.api.followers import ReadFollower
from bot.platforms.oa.api.tags import (
    FollowerLabel,
    LabelFollowers,
    ListFollowerLabels,
    MakeFollowerLabel,
    UnlabelFollowers,
)
from bot.platforms.oa.api.tokens import AskClassicToken, AskStableToken
from bot.platforms.oa.noticing import send_notice
from bot.platforms.oa.reconcile import RECONCILE_CALLS
from bot.platforms.oa.sending import say, show_typing
from bot.platforms.port import Port
from bot.platforms.receipts import soon
from bot.platforms.wire import Answer, Wire

_NO_SUCH_LABEL = 45159  # also said, falsely, while labels are written side by side
_LABEL_TRIES = 3


async def perform(action: Remote, port: Port, attempts: int) -> Receipt:
    """Carry out one effect at the Official Account's platform and say what became of it.

    Never raises for what a platform or a network can do.
    """
    match action:
        case Reply() | Send():
            return await say(action, port, attempts)
        case ShowTyping():
            return await show_typing(action, port)
        case ReadProfile():
            return await _read_profile(action, port, attempts)
        case Label():
            return await _label(action, port, attempts)
        case SendTemplate() | SendSubscription() | SendOnce():
            return await send_notice(action, port, attempts)
        case _:
            return await _other(action, port, attempts)


async def _other(action: Remote, port: Port, attempts: int) -> Receipt:
    call = RECONCILE_CALLS.get(type(action))
    if call is None:
        return Receipt(state=State.FAILED, meaning=f"公众号没有这种动作：{action.kind}")
    return await call(action, port, attempts)


def token_fetch(
    wire: Wire, *, appid: str, secret: str, stable: bool
) -> Callable[[], Awaitable[Answer]]:
    """Return how a token is asked for: stable_token where it exists (oa/api.md section 1)."""
    family = AskStableToken if stable else AskClassicToken
    return partial(sent, wire, family(appid=appid, secret=secret))


async def _read_profile(action: ReadProfile, port: Port, attempts: int) -> Receipt:
    openid = action.alias.value
    told = await ask(port, ReadFollower(openid=openid), attempts)
    if told.value is None:
        return told.receipt
    read = ProfileRead(
        account=port.account,
        who=Alias(AliasKind.OA_OPENID, port.scope, openid),
        unionid=told.value.unionid,
    )
    return replace(told.receipt, events=(read,))


async def _label(action: Label, port: Port, attempts: int) -> Receipt:
    ids, trouble = await _label_ids(action.add + action.remove, port, attempts)
    if trouble:
        return trouble
    for write, names in ((LabelFollowers, action.add), (UnlabelFollowers, action.remove)):
        for name in names:
            written = write(label=int(ids[name]), openids=(action.member,))
            told = await ask(port, written, attempts)
            if told.receipt.code == _NO_SUCH_LABEL and attempts < _LABEL_TRIES:
                return await port.forgotten((name,))
            if not told.done:
                return told.receipt
    return Receipt(state=State.DONE, code=0, phase="answered")


async def _label_ids(
    names: tuple[str, ...], port: Port, attempts: int
) -> tuple[dict[str, str], Receipt | None]:
    ids = dict(await port.labels.known(port.account, names))
    if all(name in ids for name in names):
        return ids, None
    listed = await ask(port, ListFollowerLabels(), attempts)
    if not listed.done:
        return ids, listed.receipt
    ids |= _by_name(listed.value or (), names)
    for name in names:
        if name not in ids:
            made = await ask(port, MakeFollowerLabel(name=name), attempts)
            if not made.done:
                return ids, made.receipt
            ids |= _by_name([made.value] if made.value else (), names)
    await port.labels.learn(port.account, {n: ids[n] for n in names if n in ids})
    if missing := [n for n in names if n not in ids]:
        # Made by somebody else between our look and our make: the next try will see it.
        meaning = f"标签 {missing[0]} 尚不可见"
        return ids, Receipt(state=State.READY, meaning=meaning, retry_s=soon(attempts))
    return ids, None


def _by_name(labels: Iterable[FollowerLabel], names: tuple[str, ...]) -> dict[str, str]:
    return {one.name: str(one.id) for one in labels if one.name in names}
