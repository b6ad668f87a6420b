"""Asks for the pictures of many codes, each from the account that makes its kind."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp

from bot.platforms.wire import new_session
from commands.codes.index import Index
from commands.codes.making import Ask, Made, Work, make
from commands.codes.pictures import (
    contact_code,
    follower_code,
    kf_accounts,
    visitor_code,
)
from commands.codes.rows import KINDS, Code
from commands.parts.caller import port_of
from commands.parts.compose import Home
from commands.parts.patience import Trouble, no_way_out
from commands.parts.problems import FINDINGS, UNREACHABLE, USAGE, stop
from config.accounts import OaAccount, WecomAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Where pictures go; and which account makes them, when there are several of a kind."""

    out: Path
    account: str = ""
    kf: str = ""


async def pictures(read: Home, codes: Sequence[Code], wanted: Wanted, pace_s: float) -> Made:
    """Make the pictures that the folder lacks, kind by kind; progress goes to standard error.

    Stops when an account, its token or the folder cannot be used.
    """
    stores = {store.id: store.name for store in read.content.stores.values()}
    together = Made()
    async with new_session(read.settings.send_timeout_s) as session:
        for kind in dict.fromkeys(code.kind.id for code in codes):
            account = account_of(read, KINDS[kind].account, wanted.account)
            work = Work(
                account=account.id,
                codes=[code for code in codes if code.kind.id == kind],
                ask=await _ask(kind, account, session, wanted.kf),
                stores=stores,
            )
            try:
                made = await make(work, Index(folder=wanted.out), _progress, pace_s=pace_s)
            except OSError as trouble:
                stop(f"{wanted.out} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间")
            together.files.update(made.files)
            together.failed.update(made.failed)
            together.left += made.left
    return together


def account_of(read: Home, kind: str, wanted: str) -> OaAccount | WecomAccount:
    """Return the account of a kind that can be asked; stop when none can, or several could."""
    found = [
        one
        for one in read.settings.accounts
        if isinstance(one, OaAccount | WecomAccount) and one.kind == kind and one.secret
    ]
    if not found:
        stop(f"settings.yaml 里没有带 secret 的 {kind} 账号，没法向平台要", USAGE)
    chosen = [one for one in found if not wanted or one.id == wanted]
    if not chosen:
        named = "、".join(one.id for one in found)
        stop(f"settings.yaml 里没有带 secret 的 {kind} 账号 {wanted}：有 {named}", USAGE)
    if len(chosen) > 1:
        stop(
            f"有几个 {kind} 账号，请用 --account 指明：{'、'.join(one.id for one in chosen)}", USAGE
        )
    return chosen[0]


async def _ask(
    kind: str, account: OaAccount | WecomAccount, session: aiohttp.ClientSession, kf: str
) -> Ask:
    port = port_of(account, session, "kf" if kind == "kf" else account.kind)
    if trouble := await no_way_out(port):
        code = FINDINGS if trouble.reached else UNREACHABLE
        stop(f"账号 {account.id}：{trouble.text}", code)
    if kind == "kf":
        chosen = _chosen(await kf_accounts(port), kf)
        return partial(visitor_code, port, chosen)
    return partial(contact_code, port, session) if kind == "staff" else partial(follower_code, port)


def _chosen(found: Mapping[str, str] | Trouble, wanted: str) -> str:
    if isinstance(found, Trouble):
        stop(f"客服账号列不出来：{found.text}", FINDINGS if found.reached else UNREACHABLE)
    if wanted in found:
        return wanted
    listed = "、".join(f"{kf}（{name}）" for kf, name in found.items())
    if wanted:
        stop(f"没有客服账号 {wanted}，可用的有：{listed}", USAGE)
    if len(found) != 1:
        stop(
            f"请用 --kf 指明客服账号：{listed}" if found else "这个应用没有管理任何客服账号", USAGE
        )
    return next(iter(found))


def _progress(line: str) -> None:
    print(line, file=sys.stderr)
