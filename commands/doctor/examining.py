"""Examines one account: every check in the order in which one makes the next possible."""

from collections.abc import AsyncIterator

from bot.errors import DatabaseTrouble
from commands.doctor import before, clocks, platform
from commands.doctor.address import of_address
from commands.doctor.case import Case
from commands.doctor.finding import Finding, Status
from commands.doctor.kf import of_kf
from commands.doctor.received import of_callbacks
from commands.doctor.records import Traces, traces_of
from commands.doctor.relays import of_relay
from commands.doctor.rights import of_rights
from commands.doctor.tokens import Api, of_token
from commands.doctor.welcomes import of_welcomes
from commands.start.writing import SETTINGS, begun_with
from config.accounts import OaAccount, WecomAccount


async def examine(case: Case) -> AsyncIterator[Finding]:
    """Yield what every check of one account finds, as soon as it does."""
    traces = Traces()
    try:
        if case.database:
            traces = traces_of(case.database, case.account.id, case.clock())
        remembered = _remembered(case, traces)
    except DatabaseTrouble as trouble:
        remembered = (case.skipped("received", f"数据库看不了：{trouble}"),)
    for told in (*remembered, *await of_address(case)):
        yield told
    async for told in _there(case, traces):
        yield told


async def _there(case: Case, traces: Traces) -> AsyncIterator[Finding]:
    """Yield what is found at the platform, as far as it lets us."""
    host = await clocks.of_host(case)
    yield host
    if host.unreachable:
        yield case.skipped("token", "连不上平台，接口这一半没法查")
        return
    found, api = await of_token(case)
    for told in found:
        yield told
    if api is not None:
        async for told in _asked(case, api, traces):
            yield told
    elif any(one.status is Status.BAD for one in found):
        yield case.skipped("rights", "调不了接口，权限、客服和后台现状都没法查")


def _remembered(case: Case, traces: Traces) -> tuple[Finding, ...]:
    """Return what the database knows. Raises DatabaseTrouble."""
    if case.database is None:
        reason = "还没有数据库：serve 启动一次就有，平台的回调记在里面"
        return (case.skipped("received", reason),)
    found = [*of_callbacks(case, traces), clocks.of_callbacks(case, traces)]
    if isinstance(case.account, WecomAccount):
        found.append(of_welcomes(case, case.database))
    return (*found, of_relay(case, case.database))


async def _asked(case: Case, api: Api, traces: Traces) -> AsyncIterator[Finding]:
    """Yield what the platform tells when asked."""
    async for told in of_rights(case, api):
        yield told
    if isinstance(case.account, OaAccount):
        yield await platform.of_callback(case, api)
        yield await before.of_auto_replies(case, api)
        yield await before.of_menu(case, api)
    elif isinstance(case.account, WecomAccount):
        used = traces.kf_rang or "kf" in _begun(case)
        for told in await of_kf(case, api, used=used):
            yield told


def _begun(case: Case) -> tuple[str, ...]:
    if not (case.home / SETTINGS).exists():  # everything may stand in the environment
        return ()
    return begun_with(case.home) or ()
