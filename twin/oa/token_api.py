"""Access tokens of Official Accounts: shared, or replaced at each call (oa/api.md section 1)."""

from twin.host import Denied, Done, OpenEndpoint
from twin.shape import Json, flag
from twin.stage import Stage
from twin.world import OaAccount


def stable_token(stage: Stage, args: Json) -> Done:
    """`POST /cgi-bin/stable_token`: the same token for every caller."""
    account = _applicant(stage, args)
    give = stage.tokens.forced if flag(args, "force_refresh") else stage.tokens.shared
    token, left = give(account.id, "stable", stage.now(), stage.settings.token_s)
    return Done(body={"access_token": token, "expires_in": left})


def classic_token(stage: Stage, args: Json) -> Done:
    """`GET /cgi-bin/token`: a new token each time; the former one dies in five minutes."""
    account = _applicant(stage, args)
    token, left = stage.tokens.replaced(account.id, "classic", stage.now(), stage.settings.token_s)
    return Done(body={"access_token": token, "expires_in": left})


def _applicant(stage: Stage, args: Json) -> OaAccount:
    if args.get("grant_type") != "client_credential":
        raise Denied(40002, "invalid grant_type")
    if not args.get("appid"):
        raise Denied(41002, "appid missing")
    account = next((one for one in stage.world.oa if one.appid == args["appid"]), None)
    if account is None:
        raise Denied(40013, "invalid appid")
    if not args.get("secret"):
        raise Denied(41004, "appsecret missing")
    if args["secret"] != account.secret:
        raise Denied(40125, "invalid appsecret")
    return account


TOKEN_ENDPOINTS = {
    "/cgi-bin/stable_token": OpenEndpoint(method="POST", act=stable_token),
    "/cgi-bin/token": OpenEndpoint(method="GET", act=classic_token),
}
