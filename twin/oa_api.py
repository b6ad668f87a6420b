"""The Official Account host: tokens, customer-service messages, users and parametric QR codes."""

import secrets

from twin.host import Denied, Done, Endpoint, Host, OpenEndpoint
from twin.oa_tags import TAG_ENDPOINTS
from twin.people import Person, Seen
from twin.shape import BadShape, Json, flag, record, records, text, whole
from twin.stage import Stage
from twin.tokens import Standing
from twin.world import OaAccount

TEXT_BYTES = 2048
LONGEST_CODE_S = 2_592_000
LONGEST_SCENE = 64
OK: Json = {"errcode": 0, "errmsg": "ok"}
_PERMANENT = ("QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE")
_TEMPORARY = ("QR_SCENE", "QR_STR_SCENE")


def stable_token(stage: Stage, args: Json) -> Done:
    """`POST /cgi-bin/stable_token`: the same token for every caller (oa/api.md section 1)."""
    account = _applicant(stage, args)
    give = stage.tokens.forced if flag(args, "force_refresh") else stage.tokens.shared
    token, left = give(account.id, "stable", stage.now(), stage.settings.token_s)
    return Done(body={"access_token": token, "expires_in": left})


def classic_token(stage: Stage, args: Json) -> Done:
    """`GET /cgi-bin/token`: a new token each time; the former one dies in five minutes."""
    account = _applicant(stage, args)
    token, left = stage.tokens.replaced(account.id, "classic", stage.now(), stage.settings.token_s)
    return Done(body={"access_token": token, "expires_in": left})


def send_custom(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/message/custom/send` inside its windows (oa/api.md section 2)."""
    openid = text(args, "touser")
    person = stage.crowd.by_openid(account.appid, openid)
    if person is None:
        raise Denied(40003, "invalid openid")
    words, attachments = _message(args)
    _spend(stage, account, person)
    seen = Seen(
        at=stage.now(),
        channel="oa",
        sender=account.id,
        text=words,
        via="custom",
        attachments=attachments,
    )
    effect: Json = {"shown": words}
    return Done(body=OK, who=person.name, effect=effect, shows=((person.name, seen),))


def user_profile(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET /cgi-bin/user/info`: the unionid is there only when the world has unionids."""
    openid = text(args, "openid", "")
    person = stage.crowd.by_openid(account.appid, openid)
    if person is None:
        raise Denied(40003, "invalid openid")
    following = person.follows.get(account.appid)
    if following is None:
        return Done(body={"subscribe": 0, "openid": openid}, who=person.name)
    body: Json = {
        "subscribe": 1,
        "openid": openid,
        "subscribe_time": following.since,
        "remark": "",
        "groupid": 0,
        "tagid_list": sorted(following.tags),
        "subscribe_scene": "ADD_SCENE_QR_CODE" if following.scene else "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": following.scene,
    }
    if person.unionid:
        body["unionid"] = person.unionid
    return Done(body=body, who=person.name)


def create_code(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/qrcode/create` (oa/api.md section 3)."""
    action = text(args, "action_name")
    if action not in (*_PERMANENT, *_TEMPORARY):
        raise Denied(40035, "invalid action_name")
    scene = _scene(record(record(args, "action_info"), "scene"), action)
    ticket = f"gQ{secrets.token_urlsafe(48)}"
    stage.scenes[ticket] = (account.id, scene)
    body: Json = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket[:20]}"}
    if action in _TEMPORARY:
        body["expire_seconds"] = min(whole(args, "expire_seconds", 60), LONGEST_CODE_S)
    return Done(body=body, effect={"scene": scene})


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


def _spend(stage: Stage, account: OaAccount, person: Person) -> None:
    """Use one message of every open window up: the quota is the largest, not the sum."""
    following = person.follows.get(account.appid)
    windows = following.open_windows(stage.now()) if following else []
    if not windows:
        raise Denied(45015, "response out of time limit or subscription is canceled", person.name)
    if not any(one.left for one in windows):
        raise Denied(45047, "out of response count limit", person.name)
    for window in windows:
        window.left = max(window.left - 1, 0)


def _message(args: Json) -> tuple[str, tuple[Json, ...]]:
    kind = text(args, "msgtype")
    inside = record(args, kind)
    if kind == "text":
        return _words(text(inside, "content")), ()
    if kind in ("image", "voice"):
        return "", ({"type": kind, "media_id": text(inside, "media_id")},)
    if kind == "news":
        return _article(records(inside, "articles"))
    if kind == "msgmenu":
        lines = [text(one, "content") for one in records(inside, "list")]
        head, tail = text(inside, "head_content", ""), text(inside, "tail_content", "")
        return _words("\n".join([head, *lines, tail])), ({"type": "menu", "list": lines},)
    raise Denied(40008, "invalid message type")


def _words(content: str) -> str:
    if not content:
        raise Denied(44004, "empty content")
    if len(content.encode()) > TEXT_BYTES:
        raise Denied(45002, "content size out of limit")
    return content


def _article(articles: tuple[Json, ...]) -> tuple[str, tuple[Json, ...]]:
    if len(articles) != 1:
        raise Denied(45008, "article size out of limit")
    one = articles[0]
    title = text(one, "title")
    link: Json = {"type": "link", "title": title, "url": text(one, "url", "")}
    link |= {"desc": text(one, "description", ""), "picurl": text(one, "picurl", "")}
    return title, (link,)


def _scene(inside: Json, action: str) -> str:
    scene = text(inside, "scene_str") if "STR" in action else str(whole(inside, "scene_id"))
    if not 1 <= len(scene) <= LONGEST_SCENE:
        raise BadShape("scene_str")
    return scene


def _account(stage: Stage, wanted: str) -> OaAccount | None:
    return stage.oa(wanted) if wanted else None


OA_HOST: Host[OaAccount] = Host(
    name="oa",
    open_endpoints={
        "/cgi-bin/stable_token": OpenEndpoint(method="POST", act=stable_token),
        "/cgi-bin/token": OpenEndpoint(method="GET", act=classic_token),
    },
    endpoints={
        "/cgi-bin/message/custom/send": Endpoint(method="POST", act=send_custom),
        "/cgi-bin/user/info": Endpoint(method="GET", act=user_profile),
        "/cgi-bin/qrcode/create": Endpoint(method="POST", act=create_code),
        **TAG_ENDPOINTS,
    },
    account=_account,
    standing={
        Standing.UNKNOWN: (40014, "invalid access_token"),
        Standing.SUPERSEDED: (40001, "invalid credential, access_token is not latest"),
        Standing.EXPIRED: (42001, "access_token expired"),
    },
    broken_body=47001,
    bad_field=40035,
)
