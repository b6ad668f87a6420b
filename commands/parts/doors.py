"""The ways out: one door an account, with its wire, token holder and error table."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import aiohttp

from bot.actions import Receipt, Remote
from bot.clock import Clock
from bot.db.labels import LabelShelf
from bot.db.memory import MemoryShelf
from bot.db.tokens import TokenShelf
from bot.db.tx import Database
from bot.perform import Call, Door
from bot.platforms import kf, oa, wecom
from bot.platforms.codes import ErrorTable, read_errors
from bot.platforms.kf import calls as kf_calls
from bot.platforms.oa import calls as oa_calls
from bot.platforms.port import Port
from bot.platforms.token import TokenHolder
from bot.platforms.wecom import calls as wecom_calls
from bot.platforms.wire import Answer, Wire
from config.accounts import Account, OaAccount
from config.settings import Settings


def error_tables() -> Mapping[str, ErrorTable]:
    """Return the error table of each platform."""
    return {
        "oa": read_errors(Path(str(oa.__file__)).with_name("errors.yaml")),
        "wecom": read_errors(Path(str(wecom.__file__)).with_name("errors.yaml")),
        "kf": read_errors(Path(str(kf.__file__)).with_name("errors.yaml")),
    }


def doors(
    settings: Settings, db: Database, session: aiohttp.ClientSession, clock: Clock
) -> dict[str, Door]:
    """Return the door of each account that has a secret."""
    tables = error_tables()
    found = {}
    for account in settings.accounts:
        if account.secret is None:
            continue
        wire = Wire(session, account.api_base)
        port = Port(
            account=account.id,
            scope=account.appid if isinstance(account, OaAccount) else account.corpid,
            wire=wire,
            tokens=TokenHolder(account.id, TokenShelf(db), _fetch(account, wire), clock),
            errors=tables[account.kind],
            labels=LabelShelf(db),
            memory=MemoryShelf(db),
        )
        found[account.id] = Door(port=port, call=calls_of(account.kind, tables["kf"]))
    return found


def calls_of(kind: str, kf_errors: ErrorTable) -> Call:
    """Return the calls of a kind of account; customer service goes through its corp's WeCom app."""
    if kind == "oa":
        return oa_calls.perform

    async def wecom_or_kf(action: Remote, port: Port, attempts: int) -> Receipt:
        if action.kind.startswith("kf_"):
            return await kf_calls.perform(action, replace(port, errors=kf_errors), attempts)
        return await wecom_calls.perform(action, port, attempts)

    return wecom_or_kf


def _fetch(account: Account, wire: Wire) -> Callable[[], Awaitable[Answer]]:
    secret = account.secret.get_secret_value() if account.secret else ""
    if isinstance(account, OaAccount):
        stable = account.token_api == "stable"  # noqa: S105 (a choice of API)
        return oa_calls.token_fetch(wire, appid=account.appid, secret=secret, stable=stable)
    return wecom_calls.token_fetch(wire, corpid=account.corpid, secret=secret)
