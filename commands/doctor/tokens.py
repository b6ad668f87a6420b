"""Whether the account gets an access token, and whether the platform lets this machine call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.db.reading import ask
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from bot.platforms.call import Call
from bot.platforms.oa.api.tokens import AskStableToken
from bot.platforms.wecom.api.app import ReadApp
from bot.platforms.wecom.api.corp import AskCorpToken
from bot.platforms.wire import Answer, Phase, Wire
from commands.doctor import pages
from commands.doctor.answers import IP_REFUSED, SECRET_REFUSED, advice, refused_ip, words
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.parts.doors import token_fetch
from config.accounts import OaAccount, WecomAccount

_SPARE_US = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The account's API with a token that works."""

    wire: Wire
    token: str

    async def ask(self, call: Call[Any]) -> Answer:
        """Make one call and return its bare answer; never raises for what a network can do."""
        body = None if call.method == "GET" else call.body()
        query = {"access_token": self.token, **call.query()}
        return await self.wire.call(call.method, call.api, query=query, body=body)


async def of_token(case: Case) -> tuple[tuple[Finding, ...], Api | None]:
    """Return what getting a token tells, and the API when there is one.

    Harmless to a running server: both platforms give the same token again. A classic token would
    kill the former one, so there the server's own is used while it lives.
    """
    account = case.caller
    if account is None:
        reason = "没有能用的 secret" if case.account.kind != "aibot" else "智能机器人没有接口"
        return (case.skipped("token", reason),), None
    wire = Wire(case.session, account.api_base)
    classic = isinstance(account, OaAccount) and account.token_api != "stable"  # noqa: S105  (a choice of API)
    kept = _kept(case) if classic else ""
    if kept:
        said = "token_api 为 classic：沿用服务正在用的 access_token，没有核对 secret"
        return (case.skipped("token", said),), Api(wire=wire, token=kept)
    answer = await token_fetch(account, wire)()
    token = str((answer.body or {}).get("access_token") or "")
    if answer.code != 0 or not token:
        return (_refused(case, answer),), None
    told = case.ok("token", "拿到了 access_token")
    api = Api(wire=wire, token=token)
    if isinstance(account, WecomAccount):
        blocked = await _blocked(case, account, api)
        return (told, blocked or case.ok("ip", "出口 IP 没有被拦")), None if blocked else api
    return (told, case.ok("ip", "出口 IP 没有被拦")), api


async def _blocked(case: Case, account: WecomAccount, api: Api) -> Finding | None:
    """WeCom gives a token to anybody, and refuses every other call from a strange address."""
    answer = await api.ask(ReadApp(agentid=account.agentid))
    return refused_ip(case, answer) if answer.code in IP_REFUSED else None


def _refused(case: Case, answer: Answer) -> Finding:
    account = case.account
    if answer.code in IP_REFUSED:
        return refused_ip(case, answer)
    api = AskStableToken.api if account.kind == "oa" else AskCorpToken.api
    found = f"拿不到 access_token：{words(case, api, answer)}"
    if answer.code in SECRET_REFUSED:
        then = f"到{pages.secret(account)}查看或重置，填到 {case.setting('secret')}，再重启 serve"
        return case.bad(
            "secret", found, f"{then}；appid 或 corpid 也核对一下（{pages.owner(account)}）"
        )
    unreachable = answer.code is None and answer.phase is Phase.NOT_SENT
    return case.bad("token", found, advice(case, api, answer), unreachable=unreachable)


def _kept(case: Case) -> str:
    """Return the running server's token while it lives."""

    async def work(tx: Tx) -> Mapping[str, str]:
        row = await tx.one(
            "SELECT value FROM token WHERE account = ? AND expires_us > ?",
            case.account.id, case.clock() + _SPARE_US,
        )  # fmt: skip
        return {"value": str(row["value"])} if row else {}

    if case.database is None:
        return ""
    try:
        return ask(case.database, work).get("value", "")
    except DatabaseTrouble:
        return ""
