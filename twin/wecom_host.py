"""The WeCom host: its token, app messages to employees, customer contact and 微信客服."""

from twin.host import Denied, Done, Endpoint, Host, OpenEndpoint
from twin.kf_api import KF_ENDPOINTS
from twin.people import Seen
from twin.shape import Json, flag, record, text, whole
from twin.stage import Stage
from twin.tokens import Standing
from twin.wecom_contacts import CONTACT_ENDPOINTS
from twin.wecom_groups import GROUP_ENDPOINTS
from twin.wecom_labels import LABEL_ENDPOINTS
from twin.wecom_welcome import WELCOME_ENDPOINTS
from twin.world import WecomAccount

TEXT_BYTES = 2048
REPEAT_S, LONGEST_REPEAT_S = 1800, 14_400


def give_token(stage: Stage, args: Json) -> Done:
    """`GET /cgi-bin/gettoken`: the same token while it lives."""
    account = stage.corp()
    if not args.get("corpid"):
        raise Denied(41002, "corpid missing")
    if account is None or args["corpid"] != account.corpid:
        raise Denied(40013, "invalid corpid")
    if not args.get("corpsecret"):
        raise Denied(41004, "corpsecret missing")
    if args["corpsecret"] != account.secret:
        raise Denied(40001, "invalid credential")
    token, left = stage.tokens.shared(account.id, "wecom", stage.now(), stage.settings.token_s)
    body: Json = {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": left}
    return Done(body=body)


def send_app_message(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST /cgi-bin/message/send`: text to employees; a repeat in the interval is swallowed."""
    if whole(args, "agentid") != account.agentid:
        raise Denied(40056, "invalid agentid")
    if text(args, "msgtype") != "text":
        raise Denied(40008, "invalid message type")
    content = text(record(args, "text"), "content")
    if not content:
        raise Denied(44004, "content is empty")
    wanted = _receivers(stage, text(args, "touser", ""))
    known = [one for one in wanted if stage.world.employee(one)]
    if not known:
        raise Denied(81013, "user & party & tag all invalid")
    reached = [one for one in known if not _repeats(stage, args, one, content)]
    shows = tuple((one, _app_message(stage, account, content)) for one in reached)
    body: Json = {"errcode": 0, "errmsg": "ok", "msgid": f"MSG{stage.next_msg_id()}"}
    body["invaliduser"] = "|".join(one for one in wanted if one not in known)
    effect: Json | None = {"reached": list(reached)} if reached else None
    return Done(body=body, who="|".join(known), effect=effect, shows=shows)


def _receivers(stage: Stage, touser: str) -> list[str]:
    if touser == "@all":
        return [one.userid for one in stage.world.staff]
    return [one for one in touser.split("|") if one]


def _repeats(stage: Stage, args: Json, userid: str, content: str) -> bool:
    if not flag(args, "enable_duplicate_check"):
        return False
    within = min(whole(args, "duplicate_check_interval", REPEAT_S), LONGEST_REPEAT_S)
    since = stage.now() - within
    return any(
        seen.via == "app" and seen.at >= since and seen.text == _cut(content)
        for seen in stage.staff_phones[userid]
    )


def _app_message(stage: Stage, account: WecomAccount, content: str) -> Seen:
    now = stage.now()
    return Seen(at=now, channel="app", sender=account.id, text=_cut(content), via="app")


def _cut(content: str) -> str:
    """Longer text is cut by the platform, not refused."""
    return content.encode()[:TEXT_BYTES].decode("utf-8", "ignore")


def _account(stage: Stage, wanted: str) -> WecomAccount | None:
    account = stage.corp()
    return account if account and account.id == wanted else None


WECOM_HOST: Host[WecomAccount] = Host(
    name="wecom",
    open_endpoints={"/cgi-bin/gettoken": OpenEndpoint(method="GET", act=give_token)},
    endpoints={
        "/cgi-bin/message/send": Endpoint(method="POST", act=send_app_message),
        **CONTACT_ENDPOINTS,
        **LABEL_ENDPOINTS,
        **GROUP_ENDPOINTS,
        **WELCOME_ENDPOINTS,
        **KF_ENDPOINTS,
    },
    account=_account,
    standing={
        Standing.UNKNOWN: (40014, "invalid access_token"),
        Standing.SUPERSEDED: (40014, "invalid access_token"),
        Standing.EXPIRED: (42001, "access_token expired"),
    },
    broken_body=40035,
    bad_field=40058,
)
