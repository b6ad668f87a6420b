"""Customer-service messages inside their windows and quotas (oa/api.md section 2)."""

from twin.host import Denied, Done, Endpoint
from twin.oa.blacklist import check_blacklist
from twin.oa.fans import owner
from twin.oa.message_kinds import content_of
from twin.people import Person, Seen
from twin.shape import Json, record, text
from twin.stage import Stage
from twin.world import OaAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
AI_MARK: Json = {"type": "ai_mark", "text": "内容由第三方 AI 生成"}


def send_custom(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/message/custom/send`: no msgid, no guard against a repeat."""
    person = owner(stage, account, text(args, "touser"))
    agent = _agent(account, args)
    content = content_of(stage, account, person.name, args)
    check_blacklist(person, person.follows.get(account.appid))
    _spend(stage, account, person)
    marked = record(args, "aimsgcontext").get("is_ai_msg") == 1
    seen = Seen(
        at=stage.now(),
        channel="oa",
        sender=account.id,
        text=content.text,
        via="custom",
        attachments=(*content.attachments, *([AI_MARK] if marked else [])),
    )
    effect: Json = {"shown": content.text, **({"kf_account": agent} if agent else {})}
    return Done(body=OK, who=person.name, effect=effect, shows=((person.name, seen),))


def _agent(account: OaAccount, args: Json) -> str:
    """Return the agent the message is sent as; "" for the account itself."""
    if "customservice" not in args:
        return ""
    agent = text(record(args, "customservice"), "kf_account", "")
    name, _, at = agent.partition("@")
    if not name or not at:
        raise Denied(61451, "invalid parameter: kf_account")
    if agent not in account.kf_accounts:
        raise Denied(61452, "invalid kf_account")
    return agent


def _spend(stage: Stage, account: OaAccount, person: Person) -> None:
    """Use one message of every open window up: the quota is the largest, not the sum."""
    following = person.follows.get(account.appid)
    windows = following.open_windows(stage.now()) if following else []
    if following is None or not windows:
        raise Denied(45015, "response out of time limit or subscription is canceled", person.name)
    if not any(one.left for one in windows):
        raise Denied(45047, "out of response count limit", person.name)
    for window in windows:
        window.left = max(window.left - 1, 0)
    following.typing_until = 0.0


MESSAGE_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/message/custom/send": Endpoint(method="POST", act=send_custom),
}
