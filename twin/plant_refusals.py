"""What an API answers under a planted trouble, in the platforms' codes and words."""

import secrets
from collections.abc import Iterator

from twin.plants import Plants
from twin.shape import Json
from twin.stage import Stage
from twin.troubles import Plant
from twin.world import Account, OaAccount, WecomAccount

Refusal = tuple[int, str]
HERE = "127.0.0.1"
CONTACT_APIS = "/cgi-bin/externalcontact"
_OA_TOKENS = ("/cgi-bin/token", "/cgi-bin/stable_token")
_UNCONFIRMED = 89503
_TOKEN_WORDS = {
    40243: "appsecret has been frozen",
    50004: "forbidden to use this interface",
    50007: "account has been frozen",
    89503: "this ip needs to be confirmed by the administrator",
    89506: "this ip has been refused by the administrator within 24 hours",
    89507: "this ip has been refused by the administrator within 1 hour",
}
_WORDS = {
    48001: "api unauthorized",
    48002: "api forbidden",
    48004: "api forbidden for blacklist or violation",
    48007: "kf account not authorized to this app",
    60011: "no privilege to access/modify contact/party/agent",
    60030: "user or kf account out of the scope of this app",
    84061: "not external contact",
    84074: "no external contact permission",
    95017: "api switch of the kf account is off",
    301002: "not allow operate another agent with this accesstoken",
}
# The usual errcode of a WeCom app that lacks a right, by the beginning of the path.
_WECOM_CODES = {
    "/cgi-bin/user": 60011,
    "/cgi-bin/agent": 301002,
    "/cgi-bin/message": 301002,
}
_OA_RIGHT, _WECOM_RIGHT, _KF_RIGHT = 48001, 48002, 48007


def opening_refusal(stage: Stage, path: str, args: Json) -> Refusal | None:
    """Return why no token is given out, None when one may be."""
    account = _applicant(stage, args)
    if account is None:
        return None
    blocked = stage.plants.first(account.id, "ip_not_allowed")
    if blocked and path in _OA_TOKENS:
        return 40164, f"invalid ip {blocked.ip} ipv6 ::ffff:{blocked.ip}, not in whitelist"
    refused = stage.plants.first(account.id, "token_refused")
    if refused and path in _OA_TOKENS:
        code = refused.code or _UNCONFIRMED
        return code, _TOKEN_WORDS.get(code, "token refused")
    if not stage.plants.first(account.id, "secret_expired"):
        return None
    if isinstance(account, OaAccount):
        return 40125, "invalid appsecret"
    return 40001, _traced("invalid credential", 40001)


def call_refusal(plants: Plants, account: Account, path: str) -> Refusal | None:
    """Return why a call with a good token is refused, None when it is not."""
    return next(_refusals(plants, account, path), None)


def kf_refusal(plants: Plants, corp: str, open_kfid: str) -> Refusal | None:
    """Return why this kf account is out of the app's reach, None when it is not."""
    unmanaged = plants.kf_unmanaged(corp, open_kfid)
    if unmanaged is None:
        return None
    code = unmanaged.code or _KF_RIGHT
    return code, _traced(_worded(code), code)


def _refusals(plants: Plants, account: Account, path: str) -> Iterator[Refusal]:
    wecom = isinstance(account, WecomAccount)
    blocked = plants.first(account.id, "ip_not_allowed")
    if blocked and wecom:
        yield 60020, _traced("not allow to access from your ip", 60020, blocked.ip)
    for one in plants.of(account.id, "missing_right"):
        if path.startswith(one.api):
            code = _code(one, path, wecom=wecom)
            words = _worded(code)
            yield code, _traced(words, code) if wecom else words
    if plants.first(account.id, "not_customer_contact_app") and path.startswith(CONTACT_APIS):
        yield _WECOM_RIGHT, _traced(_worded(_WECOM_RIGHT), _WECOM_RIGHT)


def _applicant(stage: Stage, args: Json) -> Account | None:
    for oa in stage.world.oa:
        if args.get("appid") == oa.appid:
            return oa
    return next((one for one in stage.world.wecom if args.get("corpid") == one.corpid), None)


def _code(one: Plant, path: str, *, wecom: bool) -> int:
    if one.code or not wecom:
        return one.code or _OA_RIGHT
    usual = (code for begins, code in _WECOM_CODES.items() if path.startswith(begins))
    return next(usual, _WECOM_RIGHT)


def _worded(code: int) -> str:
    return _WORDS.get(code, "api forbidden")


def _traced(words: str, code: int, ip: str = HERE) -> str:
    """WeCom ends a refusal with a hint for its support and the address it saw."""
    hint = secrets.randbelow(10**18) + 10**18
    return (
        f"{words}, hint: [{hint}], from ip: {ip}, "
        f"more info at https://open.work.weixin.qq.com/devtool/query?e={code}"
    )
