"""What people decide about notices: consent, take it back, refuse them (oa/api.md section 7)."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from twin.acts import NotPossible, Outcome, actor, official_account
from twin.letters import Inside, Node
from twin.oa.acts import fan, tell
from twin.oa.subscription_api import HIGHEST_SCENE
from twin.sender import Sender
from twin.shape import Json, flag, text, texts, whole
from twin.stage import Stage
from twin.world import OaAccount

_ACCEPT, _REJECT = "accept", "reject"


def consent(sender: Sender, args: Json) -> Outcome:
    """Answer the pop-up of subscription notices: `accept` and `reject` are lists of templates.

    Each template accepted is one more message; `scene` is its PopupScene (2 unless given).
    """
    stage = sender.stage
    person, account = actor(stage, args), official_account(stage, args)
    accepted, rejected = texts(args, "accept"), texts(args, "reject")
    if not accepted and not rejected:
        raise NotPossible("弹窗里没有选任何模板")
    for template in (*accepted, *rejected):
        _check(stage, account, template, "subscription")
    for template in accepted:
        stage.notices.grant(account.appid, person.openids[account.appid], template)
    answers = [(one, _ACCEPT) for one in accepted] + [(one, _REJECT) for one in rejected]
    scene: Node = ("PopupScene", whole(args, "scene", 2))
    rows = tuple(_row(template, answer, scene) for template, answer in answers)
    inside: Node = ("SubscribeMsgPopupEvent", Inside(rows))
    return tell(sender, person, account, [("Event", "subscribe_msg_popup_event"), inside])


def withdraw_consent(sender: Sender, args: Json) -> Outcome:
    """Switch the `template` off in the settings page: consents that are left are gone."""
    stage = sender.stage
    person, account = actor(stage, args), official_account(stage, args)
    template = text(args, "template")
    _check(stage, account, template, "subscription")
    stage.notices.withdraw(account.appid, person.openids[account.appid], template)
    inside: Node = ("SubscribeMsgChangeEvent", Inside((_row(template, _REJECT),)))
    return tell(sender, person, account, [("Event", "subscribe_msg_change_event"), inside])


def consent_once(sender: Sender, args: Json) -> Outcome:
    """Confirm the page of a one-time subscription: `template`, `scene`, `reserved`, `redirect_url`.

    No callback: the page goes to the fact `redirect`, which names the openid.
    """
    stage = sender.stage
    person, account = actor(stage, args), official_account(stage, args)
    template, scene = text(args, "template"), whole(args, "scene", 0)
    _check(stage, account, template, "once")
    if not 0 <= scene <= HIGHEST_SCENE:
        raise NotPossible(f"scene 应为 0 到 {HIGHEST_SCENE}")
    openid = person.openids[account.appid]
    stage.notices.grant(account.appid, openid, template, str(scene))
    query = urlencode(
        {
            "openid": openid,
            "template_id": template,
            "action": "confirm",
            "scene": scene,
            "reserved": text(args, "reserved", ""),
        }
    )
    return Outcome(facts={"redirect": f"{text(args, 'redirect_url', '')}?{query}"})


def refuse_notices(sender: Sender, args: Json) -> Outcome:
    """Refuse every template message of the account, or take them again with `again`."""
    _, _, following = fan(sender.stage, args)
    following.refuses_notices = not flag(args, "again")
    return Outcome()


def _row(template: str, answer: str, *rest: Node) -> Node:
    named: tuple[Node, ...] = (("TemplateId", template), ("SubscribeStatusString", answer))
    return "List", Inside((*named, *rest))


def _check(stage: Stage, account: OaAccount, template: str, kind: str) -> None:
    known = [
        one.id for one in stage.world.templates if (one.account, one.kind) == (account.id, kind)
    ]
    if template not in known:
        raise NotPossible(f"没有模板 {template}，可用：{'、'.join(known) or '无'}")


NOTICE_ACTS: Mapping[str, Callable[[Sender, Json], Outcome]] = {
    "consent": consent,
    "withdraw_consent": withdraw_consent,
    "consent_once": consent_once,
    "refuse_notices": refuse_notices,
}
