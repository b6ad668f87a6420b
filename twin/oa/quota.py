"""How much of an API's day is used up, and clearing the counts (oa/api.md section 10)."""

from twin.host import Denied, Done, Endpoint, OpenEndpoint
from twin.shape import Json, text
from twin.stage import Stage
from twin.world import OaAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
RATE = {"call_count": 10_000, "refresh_second": 60}
OTHERS = 100_000
DAILY = {
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/menu/create": 1000,
    "/cgi-bin/menu/delete": 1000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
}


def tell_quota(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST openapi/quota/get`: today's count of one API; the limits are told, not enforced."""
    path = _path(args)
    limit, used = DAILY.get(path, OTHERS), stage.usage.used(account.id, path, stage.now())
    quota: Json = {"daily_limit": limit, "used": used, "remain": max(limit - used, 0)}
    return Done(body={**OK, "quota": quota, "rate_limit": RATE})


def clear_one(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST openapi/quota/clear`: the count of one API, fifty times a month."""
    path = _path(args)
    if not stage.usage.clear(account.id, stage.now(), path):
        raise Denied(48006, "forbid to clear quota because of reaching the limit")
    return Done(body=OK, effect={"cleared": path})


def clear_quota(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST clear_quota`: ten times a month together with v2."""
    if text(args, "appid") != account.appid:
        raise Denied(40013, "invalid appid")
    return _cleared(stage, account)


def clear_quota_by_secret(stage: Stage, args: Json) -> Done:
    """`POST clear_quota/v2`: needs no token; appid and appsecret in the body or the query."""
    appid, secret = text(args, "appid", ""), text(args, "appsecret", "")
    account = next((one for one in stage.world.oa if one.appid == appid), None)
    if account is None:
        raise Denied(40013, "invalid appid")
    if secret != account.secret:
        raise Denied(40125, "invalid appsecret")
    return _cleared(stage, account)


def _path(args: Json) -> str:
    path = text(args, "cgi_path", "")
    if not path.startswith("/") or "://" in path:
        raise Denied(76021, "cgi_path not found, please check")
    if not path.startswith("/cgi-bin/"):
        raise Denied(76022, "could not use this cgi_path, no permission")
    return path


def _cleared(stage: Stage, account: OaAccount) -> Done:
    if not stage.usage.clear(account.id, stage.now()):
        raise Denied(48006, "forbid to clear quota because of reaching the limit")
    return Done(body=OK, effect={"cleared": account.id})


QUOTA_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/openapi/quota/get": Endpoint(method="POST", act=tell_quota),
    "/cgi-bin/openapi/quota/clear": Endpoint(method="POST", act=clear_one),
    "/cgi-bin/clear_quota": Endpoint(method="POST", act=clear_quota),
}
QUOTA_OPEN_ENDPOINTS = {
    "/cgi-bin/clear_quota/v2": OpenEndpoint(method="POST", act=clear_quota_by_secret)
}
