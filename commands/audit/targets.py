"""What an effect aims at and what a call hit, in one vocabulary, so that both compare."""

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeAlias

from commands.audit.book import Call, comparable
from commands.audit.tables import EffectRow

Target: TypeAlias = tuple[str, ...]

SAY = "/cgi-bin/message/custom/send"
ONCE = ("say", "welcome", "card")  # what somebody sees again when it is repeated
_REMARK_CHARS = 20
_CONTACT = "/cgi-bin/externalcontact"
_KF = "/cgi-bin/kf"
_PICTURE = "[图片]"
_APP = "/cgi-bin/message"
_TAGGING = "/cgi-bin/tags/members"
# Made on the way to a label or a picture; nobody sees them.
_ON_THE_WAY = (
    "/cgi-bin/tags/create",
    "/cgi-bin/media/upload",
    f"{_CONTACT}/add_corp_tag",
)
_WELCOME = f"{_CONTACT}/group_welcome_template"


def target_of_effect(effect: EffectRow) -> Target:
    """Return what a ledger row aims at; ("read", key) for what only asks."""
    aim = _AIMS.get(effect.kind)
    return aim(effect) if aim else ("read", effect.key)


def targets_of_call(call: Call) -> tuple[Target, ...]:
    """Return what a call hit, one target for each fan or group; none when it only asked."""
    hit = _HITS.get(call.api)
    if hit:
        return hit(call)
    return (("other", call.api),) if call.changed and call.api not in _ON_THE_WAY else ()


def _said(effect: EffectRow) -> Target:
    return ("say", effect.field("openid"), comparable(effect.text()))


def _remarked(effect: EffectRow) -> Target:
    remark = effect.text()[:_REMARK_CHARS]
    return ("remark", effect.field("staff"), effect.field("member"), remark)


def _group_scene(effect: EffectRow) -> str:
    # The platform allows 32 bytes, so a scene holds the digest of its group.
    return f"g-{hashlib.sha256(effect.field('chat').encode()).hexdigest()[:20]}"


def _kf_effect_words(effect: EffectRow) -> str:
    link = effect.body.get("link") or {}
    picture = _PICTURE if effect.field("image") else ""
    return comparable(effect.text() or str(link.get("title", "")) or picture)


_AIMS: Mapping[str, Callable[[EffectRow], Target]] = {
    "oa_reply": _said,
    "oa_send": _said,
    "wecom_welcome": lambda one: ("welcome", one.field("code")),
    "wecom_remark": _remarked,
    "label": lambda one: ("label", one.field("staff"), one.field("member")),
    "kf_send": lambda one: ("say", one.field("member"), _kf_effect_words(one)),
    "kf_welcome": lambda one: ("welcome", one.field("code")),
    "kf_trans": lambda one: ("kf_state", one.field("member"), one.field("state")),
    "kf_invite": lambda one: ("kf_invite", one.field("member"), one.field("chat")),
    "make_join_way": lambda one: ("join_way", one.field("chat")),
    "aibot_reply": lambda one: ("say", one.field("staff"), comparable(one.text())),
    "app_send": lambda one: ("say", one.field("staff"), comparable(one.text())),
    "app_card": lambda one: ("card", one.field("task")),
    "app_card_update": lambda one: ("card_update", one.field("task")),
    "kf_group_link": lambda one: ("group_link", one.field("kf"), _group_scene(one)),
    "group_welcome": lambda one: ("group_welcome", comparable(one.text()), one.field("url")),
}


def _fans(call: Call) -> tuple[Target, ...]:
    return tuple(("label", "", str(one)) for one in call.args.get("openid_list") or ())


def _contact(call: Call) -> tuple[str, str]:
    return call.arg("userid"), call.arg("external_userid")


def _to_staff(call: Call) -> tuple[Target, ...]:
    if card := call.args.get("template_card"):
        return (("card", str(card.get("task_id"))),)
    return (("say", call.arg("touser"), comparable(call.text())),)


def _updated(call: Call) -> tuple[Target, ...]:
    # The platform knows which card a code belongs to; a refused code changes none.
    return (("card_update", str(call.effect["task_id"])),) if call.changed else ()


def _welcomed(call: Call) -> tuple[Target, ...]:
    link = call.args.get("link") or {}
    return (("group_welcome", comparable(call.text()), str(link.get("url"))),)


def _kf_said(call: Call) -> tuple[Target, ...]:
    kind = call.arg("msgtype")
    inside = call.args.get(kind) or {}
    words = {"msgmenu": inside.get("head_content"), "link": inside.get("title"), "image": _PICTURE}
    return (("say", call.arg("touser"), comparable(str(words.get(kind) or call.text()))),)


_HITS: Mapping[str, Callable[[Call], tuple[Target, ...]]] = {
    SAY: lambda one: (("say", one.arg("touser"), comparable(one.text())),),
    f"{_CONTACT}/send_welcome_msg": lambda one: (("welcome", one.arg("welcome_code")),),
    f"{_CONTACT}/remark": lambda one: (("remark", *_contact(one), one.arg("remark")),),
    f"{_CONTACT}/mark_tag": lambda one: (("label", *_contact(one)),),
    f"{_TAGGING}/batchtagging": _fans,
    f"{_TAGGING}/batchuntagging": _fans,
    f"{_APP}/send": _to_staff,
    f"{_APP}/update_template_card": _updated,
    "/cgi-bin/aibot/response": lambda one: (("say", one.who, comparable(one.text())),),
    f"{_KF}/send_msg": _kf_said,
    f"{_KF}/send_msg_on_event": lambda one: (("welcome", one.arg("code")),),
    f"{_KF}/service_state/trans": lambda one: (
        ("kf_state", one.arg("external_userid"), one.arg("service_state")),
    ),
    f"{_KF}/customer/upgrade_service": lambda one: (
        (
            "kf_invite",
            one.arg("external_userid"),
            str((one.args.get("groupchat") or {}).get("chat_id")),
        ),
    ),
    f"{_KF}/add_contact_way": lambda one: (("group_link", one.arg("open_kfid"), one.arg("scene")),),
    f"{_WELCOME}/add": _welcomed,
    f"{_WELCOME}/edit": _welcomed,
    f"{_CONTACT}/groupchat/add_join_way": lambda one: tuple(
        ("join_way", str(chat)) for chat in one.args.get("chat_id_list") or ()
    ),
}
