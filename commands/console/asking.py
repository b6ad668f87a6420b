"""Asks an Official Account's platform one thing, or stops the command with the reason."""

import asyncio
from typing import NoReturn, TypeVar

from bot.actions import Receipt
from bot.platforms.call import Call, Told
from bot.platforms.call import ask as make
from bot.platforms.oa.api.tokens import AskStableToken
from bot.platforms.wire import Phase, new_session
from commands.parts.caller import port_of
from commands.parts.compose import Home
from commands.parts.problems import FINDINGS, UNREACHABLE, USAGE, stop
from config.accounts import OaAccount
from config.problems import nearest

T = TypeVar("T")


def official(read: Home, wanted: str) -> OaAccount:
    """Return the Official Account of this id, the only one for "". Stops when there is none."""
    found = {
        one.id: one
        for one in read.settings.accounts
        if isinstance(one, OaAccount) and one.secret is not None
    }
    if wanted in found:
        return found[wanted]
    listed = "、".join(found)
    if wanted:
        hint = nearest(wanted, found)
        meant = f"（是不是 {hint}？）" if hint else ""
        stop(f"没有带 secret 的公众号 {wanted}{meant}，可用的有：{listed or '无'}", USAGE)
    if len(found) != 1:
        said = (
            f"有几个公众号，请指明：{listed}" if found else "settings.yaml 里没有带 secret 的公众号"
        )
        stop(said, USAGE)
    return next(iter(found.values()))


def ask(read: Home, account: OaAccount, call: Call[T]) -> T | None:
    """Return what the platform answers to a call. Stops when it refuses or cannot be reached."""
    return asyncio.run(_ask(read, account, call)).value


async def _ask(read: Home, account: OaAccount, call: Call[T]) -> Told[T]:
    async with new_session(read.settings.send_timeout_s) as session:
        port = port_of(account, session, account.kind)
        refused = (await port.tokens.token()).refused
        if refused is not None:
            receipt = port.receipt(AskStableToken.api, refused, attempts=1, repeatable=True)
            _stop(account, "取 access_token", receipt)
        told = await make(port, call)
    if not told.done:
        _stop(account, call.api, told.receipt)
    return told


def _stop(account: OaAccount, what: str, receipt: Receipt) -> NoReturn:
    said = f"公众号 {account.id}：{what}"
    if receipt.code is None:
        reached = receipt.phase != Phase.NOT_SENT
        stop(f"{said} {receipt.meaning}", FINDINGS if reached else UNREACHABLE)
    stop(
        f"{said} 被拒，错误码 {receipt.code}（{receipt.meaning}）；"
        f"先运行 python run.py doctor --account {account.id} 看下一步"
    )
