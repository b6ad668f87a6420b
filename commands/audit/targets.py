"""What an effect aims at and what a call hit, in one vocabulary, so that both compare."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from commands.audit.book import Call, comparable
from commands.audit.tables import EffectRow

Target: TypeAlias = tuple[str, ...]

SAY = "/cgi-bin/message/custom/send"
_TYPING = "/cgi-bin/message/custom/typing"
# What somebody sees again when it is repeated.
ONCE = ("say", "welcome", "card", "mass", "mass_remind", "notice")
_REMARK_CHARS = 20
_CONTACT = "/cgi-bin/externalcontact"
_KF = "/cgi-bin/kf"
_PICTURE = "[图片]"
_MENU_AS_TEXT = "\n回复："  # begins the lines of a menu where a menu cannot go as such
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
    if seen := effect.names("aim"):  # an emptied row, aimed at what the book shows of it
        return seen
    aim = _AIMS.get(effect.kind)
    return aim(effect) if aim else ("read", effect.key)


def targets_of_call(call: Call) -> tuple[Target, ...]:
    """Return what a call hit, one target for each fan or group; none when it only asked."""
    hit = _HITS.get(call.api)
    if hit:
        return hit(call)
    return (("other", call.api),) if call.changed and call.api not in _ON_THE_WAY else ()


def words_of(text: str) -> str:
    """Return the words of a text as they compare: without the lines of a menu that became text."""
    return comparable(text).partition(_MENU_AS_TEXT)[0]


def _said(effect: EffectRow) -> Target:
    return ("say", effect.field("openid"), words_of(_words_or_what_goes_along(effect)))


def _remarked(effect: EffectRow) -> Target:
    remark = effect.text()[:_REMARK_CHARS]
    return ("remark", effect.field("staff"), effect.field("member"), remark)


def _group_scene(effect: EffectRow) -> str:
    # The platform allows 32 bytes, so a scene holds the digest of its group.
    return f"g-{hashlib.sha256(effect.field('chat').encode()).hexdigest()[:20]}"


def _mass(effect: EffectRow) -> Target:
    words = comparable(str((effect.body.get("letter") or {}).get("text", "")))
    return ("mass", effect.field("staff"), words, _digest(effect.names("receivers")))


def _kf_effect_words(effect: EffectRow) -> str:
    return comparable(_words_or_what_goes_along(effect))


def _words_or_what_goes_along(effect: EffectRow) -> str:
    link = effect.body.get("link") or {}
    card = str(link.get("title") or link.get("url") or "")
    return effect.text() or card or (_PICTURE if effect.field("image") else "")


def _notice_owed(effect: EffectRow) -> Target:
    values = sorted(f"{key}={value}" for key, value in effect.body.get("fields") or ())
    return ("notice", effect.field("openid"), effect.field("template"), *map(comparable, values))


_AIMS: Mapping[str, Callable[[EffectRow], Target]] = {
    "oa_reply": _said,
    "oa_send": _said,
    "oa_typing": lambda one: ("typing", one.field("openid")),
    "oa_template": _notice_owed,
    "oa_subscription": _notice_owed,
    "oa_once": _notice_owed,
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
    "mass_make": _mass,
    "mass_remind": lambda one: ("mass_remind", one.field("msgid")),
    "mass_cancel": lambda one: ("mass_cancel", one.field("msgid")),
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


def _massed(call: Call) -> tuple[Target, ...]:
    receivers = call.args.get("external_userid") or call.args.get("chat_id_list") or ()
    aim = ("mass", call.arg("sender"), comparable(call.text()), _digest(map(str, receivers)))
    return (aim,)


def _digest(receivers: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(receivers).encode()).hexdigest()[:20]


def _welcomed(call: Call) -> tuple[Target, ...]:
    link = call.args.get("link") or {}
    return (("group_welcome", comparable(call.text()), str(link.get("url"))),)


def _oa_words(call: Call) -> str:
    inside = call.args.get(call.arg("msgtype")) or {}
    (card, *_) = inside.get("articles") or [{}]
    pictured = _PICTURE if call.arg("msgtype") == "image" else ""
    return call.text() or str(card.get("title", "")) or pictured


def _kf_said(call: Call) -> tuple[Target, ...]:
    kind = call.arg("msgtype")
    inside = call.args.get(kind) or {}
    words = {"msgmenu": inside.get("head_content"), "link": inside.get("title"), "image": _PICTURE}
    return (("say", call.arg("touser"), comparable(str(words.get(kind) or call.text()))),)


def _noticed(call: Call) -> tuple[Target, ...]:
    fields = call.args.get("data") or {}
    values = sorted(f"{key}={field.get('value')}" for key, field in fields.items())
    return (("notice", call.arg("touser"), call.arg("template_id"), *map(comparable, values)),)


_HITS: Mapping[str, Callable[[Call], tuple[Target, ...]]] = {
    SAY: lambda one: (("say", one.arg("touser"), words_of(_oa_words(one))),),
    f"{_APP}/template/send": _noticed,
    f"{_APP}/template/subscribe": _noticed,
    f"{_APP}/subscribe/bizsend": _noticed,
    _TYPING: lambda one: (("typing", one.arg("touser")),),
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
    f"{_CONTACT}/add_msg_template": _massed,
    f"{_CONTACT}/remind_groupmsg_send": lambda one: (("mass_remind", one.arg("msgid")),),
    f"{_CONTACT}/cancel_groupmsg_send": lambda one: (("mass_cancel", one.arg("msgid")),),
    f"{_WELCOME}/add": _welcomed,
    f"{_WELCOME}/edit": _welcomed,
    f"{_CONTACT}/groupchat/add_join_way": lambda one: tuple(
        ("join_way", str(chat)) for chat in one.args.get("chat_id_list") or ()
    ),
}
