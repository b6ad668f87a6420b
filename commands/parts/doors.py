"""The ways out: one door an account, with its wire, token holder and error table."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

import aiohttp

from bot.actions import Receipt, Relay, Remote, State
from bot.clock import Clock
from bot.db.blocks import BlockShelf
from bot.db.labels import LabelShelf
from bot.db.memory import MemoryShelf
from bot.db.notices import NoticeShelf
from bot.db.tokens import TokenShelf
from bot.db.tx import Database
from bot.db.windows import Window, Windows
from bot.perform import Carrier, Door
from bot.platforms import aibot, kf, oa, wecom
from bot.platforms.aibot import calls as aibot_calls
from bot.platforms.budget import Budget
from bot.platforms.codes import ErrorTable, read_errors
from bot.platforms.kf import calls as kf_calls
from bot.platforms.limits import Limits, read_limits
from bot.platforms.oa import calls as oa_calls
from bot.platforms.port import Port
from bot.platforms.relay import OldSystem
from bot.platforms.token import TokenHolder
from bot.platforms.wecom import calls as wecom_calls
from bot.platforms.wire import Answer, Wire
from bot.shared.common import Common, alone
from bot.shared.hints import Hints
from bot.shared.meter import Limit, Per
from config.accounts import Account, AibotAccount, OaAccount, WecomAccount
from config.settings import Settings


@cache
def error_tables() -> Mapping[str, ErrorTable]:
    """Return the error table of each platform; WeCom's host answers for three of them."""
    at_wecom = read_errors(_beside(wecom, "errors.yaml"))
    return {
        "oa": read_errors(_beside(oa, "errors.yaml")),
        "wecom": at_wecom,
        "kf": read_errors(_beside(kf, "errors.yaml")).over(at_wecom),
        "aibot": read_errors(_beside(aibot, "errors.yaml")).over(at_wecom),
    }


@cache
def published_limits() -> Mapping[str, Limits]:
    """Return the call limits that each platform publishes; a bot has none but its answers'."""
    return {
        "oa": read_limits(_beside(oa, "limits.yaml")),
        "wecom": read_limits(_beside(wecom, "limits.yaml")),
        "aibot": Limits(),
    }


def _beside(package: ModuleType, name: str) -> Path:
    return Path(str(package.__file__)).with_name(name)


def limits_of(account: Account, settings: Settings) -> Limits:
    """Return what an account keeps to: its share of what is published, or what settings say."""
    limits = published_limits()[account.kind]
    for own in settings.api_limits:
        if own.account == account.id:
            limits = limits.instead(own.api, Limit(calls=own.calls, per=Per(own.per)))
    return limits.share(settings.api_share_percent)


def doors(
    settings: Settings,
    db: Database,
    session: aiohttp.ClientSession,
    clock: Clock,
    media: Path | None = None,
    common: Common | None = None,
) -> dict[str, Door]:
    """Return the door of each account that has any way out; pictures are sent from `media`.

    It has one with a secret, as an internal bot, which needs none, and to an older system.
    `common`: what several processes spend together; None = there is only this one.
    """
    tables, alarm, common = error_tables(), NoticeShelf(db, clock), common or alone()
    found = {}
    for account in settings.accounts:
        without_secret = not isinstance(account, AibotAccount) and account.secret is None
        if without_secret and account.relay is None:
            continue
        wire = Wire(session, account.api_base, tells_code=account.kind != "oa")
        port = Port(
            account=account.id,
            scope=account.scope,
            wire=wire,
            tokens=_tokens(account, db, wire, clock, common.hints),
            errors=tables[account.kind],
            budget=Budget(account.id, limits_of(account, settings), BlockShelf(db), clock, common),
            alarm=alarm,
            labels=LabelShelf(db),
            memory=MemoryShelf(db),
            agentid=account.agentid if isinstance(account, WecomAccount) else 0,
            media=media,
            clock=clock,
        )
        call = _no_secret if without_secret else calls_of(account.kind, tables["kf"])
        if account.relay:
            call = with_relay(OldSystem(session, account.relay.url, account.relay.timeout_s), call)
        windows = windows_of(settings, db, clock) if account.kind == "oa" else None
        found[account.id] = Door(port=port, call=call, windows=windows)
    return found


def _tokens(account: Account, db: Database, wire: Wire, clock: Clock, hints: Hints) -> TokenHolder:
    shelf = TokenShelf(db, secret=_name_of(_secret_of(account)))
    return TokenHolder(account.id, shelf, token_fetch(account, wire), clock, hints)


def _secret_of(account: Account) -> str:
    if isinstance(account, AibotAccount) or account.secret is None:
        return ""
    return account.secret.get_secret_value()


def _name_of(secret: str) -> str:
    """Return what tells one secret from another and not what it is: 32 bits of its digest."""
    return hashlib.sha256(secret.encode()).hexdigest()[:8] if secret else ""


def compared(settings: Settings) -> tuple[str, ...]:
    """Return the accounts that can be compared with their platform: those it may be asked by."""
    return tuple(
        one.id
        for one in settings.accounts
        if isinstance(one, OaAccount | WecomAccount) and one.secret is not None
    )


def windows_of(settings: Settings, db: Database, clock: Clock) -> Windows:
    """Return how much an Official Account may say to a follower."""
    message, tap = settings.oa_quota_after_message, settings.oa_quota_after_tap
    return Windows(
        db,
        clock,
        message=Window(messages=message.messages, span_us=int(message.within_s * 1_000_000)),
        tap=Window(messages=tap.messages, span_us=int(tap.within_s * 1_000_000)),
    )


def with_relay(old: OldSystem, call: Carrier) -> Carrier:
    """Return `call` for everything but what is handed on to an older system."""

    async def either(action: Remote, port: Port, attempts: int) -> Receipt:
        if isinstance(action, Relay):
            return await old.take(action, attempts)
        return await call(action, port, attempts)

    return either


async def _no_secret(_action: Remote, port: Port, _attempts: int) -> Receipt:
    return Receipt(state=State.FAILED, meaning=f"账号 {port.account} 没有填 secret，发不出去")


def calls_of(kind: str, kf_errors: ErrorTable) -> Carrier:
    """Return the calls of a kind of account; customer service goes through its corp's WeCom app."""
    if kind == "oa":
        return oa_calls.perform
    if kind == "aibot":
        return aibot_calls.perform

    async def wecom_or_kf(action: Remote, port: Port, attempts: int) -> Receipt:
        if action.kind.startswith("kf_"):
            return await kf_calls.perform(action, replace(port, errors=kf_errors), attempts)
        return await wecom_calls.perform(action, port, attempts)

    return wecom_or_kf


def token_fetch(account: Account, wire: Wire) -> Callable[[], Awaitable[Answer]]:
    """Return how a token of this account is asked for."""
    if isinstance(account, AibotAccount):
        return aibot_calls.no_token
    secret = _secret_of(account)
    if isinstance(account, OaAccount):
        stable = account.token_api == "stable"  # noqa: S105 (a choice of API)
        return oa_calls.token_fetch(wire, appid=account.appid, secret=secret, stable=stable)
    return wecom_calls.token_fetch(wire, corpid=account.corpid, secret=secret)
