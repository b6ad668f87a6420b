"""The Official Account host: tokens, customer-service messages, parametric QR codes, the rest."""

import secrets

from twin.host import Denied, Done, Endpoint, Host, OpenEndpoint
from twin.media_api import OA_MEDIA, check_media
from twin.network import OA_NETWORK_ENDPOINTS
from twin.oa_console import CONSOLE_ENDPOINTS
from twin.oa_menu import MENU_ENDPOINTS
from twin.oa_quota import QUOTA_ENDPOINTS, QUOTA_OPEN_ENDPOINTS
from twin.oa_tags import TAG_ENDPOINTS
from twin.oa_typing import TYPING_ENDPOINTS
from twin.oa_users import USER_ENDPOINTS
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
    for one in attachments:
        if "media_id" in one:
            check_media(stage, account.id, text(one, "media_id"), person.name, text(one, "type"))
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
    if following:
        following.typing_until = 0.0


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
        **QUOTA_OPEN_ENDPOINTS,
    },
    endpoints={
        "/cgi-bin/message/custom/send": Endpoint(method="POST", act=send_custom),
        "/cgi-bin/qrcode/create": Endpoint(method="POST", act=create_code),
        **TAG_ENDPOINTS,
        **USER_ENDPOINTS,
        **TYPING_ENDPOINTS,
        **MENU_ENDPOINTS,
        **CONSOLE_ENDPOINTS,
        **QUOTA_ENDPOINTS,
        **OA_NETWORK_ENDPOINTS,
        **OA_MEDIA,
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
