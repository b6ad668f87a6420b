"""Asks an Official Account's platform one thing, or stops the command with the reason."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.platforms.wire import Answer, Phase, new_session
from commands.parts.caller import port_of
from commands.parts.compose import Home
from commands.parts.problems import FINDINGS, UNREACHABLE, USAGE, stop
from config.accounts import OaAccount
from config.problems import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One API call; an answer with a code in `fine` is no refusal."""

    method: str
    path: str
    body: object | None = None
    fine: frozenset[int] = frozenset()


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


def ask(read: Home, account: OaAccount, *calls: Call) -> tuple[Mapping[str, Any], ...]:
    """Return what the platform answers to these calls. Stops at the first one it refuses."""
    return asyncio.run(_ask(read, account, calls))


async def _ask(
    read: Home, account: OaAccount, calls: tuple[Call, ...]
) -> tuple[Mapping[str, Any], ...]:
    session = new_session(read.settings.send_timeout_s)
    answers: list[Mapping[str, Any]] = []
    try:
        port = port_of(account, session, account.kind)
        refused = (await port.tokens.token()).refused
        if refused is not None:
            _stop(
                account, "取 access_token", refused, port.errors.sort("", refused.code or 0).meaning
            )
        for call in calls:
            answer = await port.call(call.method, call.path, call.body)
            if answer.code != 0 and answer.code not in call.fine:
                meaning = port.errors.sort(call.path, answer.code or 0).meaning
                _stop(account, call.path, answer, meaning)
            answers.append(answer.body or {})
    finally:
        await session.close()
    return tuple(answers)


def _stop(account: OaAccount, what: str, answer: Answer, meaning: str) -> None:
    if answer.code is None:
        reached = answer.phase is not Phase.NOT_SENT
        said = f"公众号 {account.id}：{what} 没有应答（{answer.trouble}）"
        stop(said, FINDINGS if reached else UNREACHABLE)
    stop(
        f"公众号 {account.id}：{what} 被拒，错误码 {answer.code}（{meaning}）；"
        f"先运行 python run.py doctor --account {account.id} 看下一步"
    )
