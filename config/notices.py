"""Reads service notices and reminders, and tells which of their fields a platform would refuse."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from config.fields import Fields
from config.nouns import Content
from config.problems import Problem
from config.saying import longest_values
from config.service_notices import (
    KINDS,
    MOST_CHARS,
    ONCE,
    SUBSCRIPTION,
    TEMPLATE,
    NoticeField,
    Remind,
    ServiceNotice,
)

TITLE_CHARS = 15  # oa/api.md section 7, like the next
MOST_SCENE = 10_000
REMIND_AT = "10:00"
_KEY = re.compile(r"[A-Za-z][A-Za-z_]*[0-9]{0,2}")
_IGNORED = frozenset({"first", "remark"})  # by the platform, since 2023
_SPAN = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST = timedelta(days=366)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)(?:\|([^{}]*))?\}")


def notice(fields: Fields, official: frozenset[str] | None) -> ServiceNotice:
    """Read one notice. Without an `account` it is the only Official Account's, if there is one."""
    kind = fields.choice("kind", (TEMPLATE, SUBSCRIPTION, ONCE))
    account = _account(fields, official)
    template = fields.text("template", required=True)
    if kind == SUBSCRIPTION and template:
        # Consents are counted by template, so two notices cannot share one.
        fields.define("订阅模板", f"{account}/{template}", "template")
    mini = fields.inside("miniprogram")
    read = ServiceNotice(
        id=fields.ident("通知"),
        account=account,
        kind=kind,
        template=template,
        fields=_fields(fields, kind),
        url=fields.template("url") if kind != SUBSCRIPTION else "",
        appid=mini.text("appid", required=True) if mini else "",
        page=mini.template("page", required=True) if mini else _page(fields, kind),
        title=_title(fields) if kind == ONCE else "",
        scene=fields.whole("scene", high=MOST_SCENE) if kind == ONCE else 0,
        within=lasting(fields, "within"),
    )
    if mini:
        mini.finish()
    return read


def remind(fields: Fields) -> Remind | None:
    """Read a campaign's `remind`, None without one."""
    inside = fields.inside("remind")
    if inside is None:
        return None
    hour = inside.text("hour", REMIND_AT)
    clock = _CLOCK.fullmatch(hour)
    if clock is None:
        inside.refuse("hour", '应为时刻，加引号，如 "10:00"')
    read = Remind(
        notice=inside.ref("notice", "通知", required=True),
        before=lasting(inside, "before", required=True) or timedelta(days=1),
        minute=int(clock[1]) * 60 + int(clock[2]) if clock else 0,
        at=inside.place("notice"),
    )
    inside.finish()
    return read


def lasting(fields: Fields, name: str, *, required: bool = False) -> timedelta | None:
    """Return a span such as `30m`, `2h` or `3d`, at most 366 days; None without one."""
    written = fields.text(name, required=required)
    if not written:
        return None
    found = _SPAN.fullmatch(written)
    lasts = int(found[1]) * _UNITS[found[2]] if found else None
    if lasts is None or lasts > _LONGEST:
        fields.refuse(name, "应为一段时间：30m（分钟）、2h（小时）或 3d（天），最长 366d")
        return None
    return lasts


def doubts(content: Content) -> Iterator[Problem]:
    """Yield what only shows beside the rest of the home: values too long, a wrong kind of reminder.

    Fixed words that a field cannot hold are an error; words that only may become too long, with the
    longest names of the home, are a warning.
    """
    longest = longest_values(content)
    for one in content.notices.values():
        for field in one.fields:
            if problem := _doubt(field, longest):
                yield problem
    for campaign in content.campaigns.values():
        wanted = campaign.remind
        known = content.notices.get(wanted.notice) if wanted else None
        if wanted and known and known.kind != TEMPLATE:
            yield wanted.at.problem("notice: 到期提醒只能用模板消息（kind: template）的通知")


def _account(fields: Fields, official: frozenset[str] | None) -> str:
    named = fields.ref("account", "公众号")
    if named or official is None:
        return named
    if len(official) == 1:
        return next(iter(official))
    if official:
        fields.refuse("account", f"有几个公众号，要写明是哪个：{'、'.join(sorted(official))}")
    else:
        fields.warn("account", "settings.yaml 里没有公众号，这条通知发不出去")
    return ""


def _page(fields: Fields, kind: str) -> str:
    return fields.template("page") if kind == SUBSCRIPTION else ""


def _title(fields: Fields) -> str:
    title = fields.text("title", required=True)
    if len(title) > TITLE_CHARS:
        fields.refuse("title", f"{len(title)} 字，最多 {TITLE_CHARS} 字")
    return title


def _fields(fields: Fields, kind: str) -> tuple[NoticeField, ...]:
    inside = fields.inside("fields")
    if inside is None or not inside.named:
        fields.refuse("fields", "缺少这一项：模板里的每个字段写一行")
        return ()
    found = tuple(_field(inside, key, kind) for key in sorted(inside.named))
    inside.finish()
    return tuple(field for field in found if field)


def _field(inside: Fields, key: str, kind: str) -> NoticeField | None:
    field = NoticeField(key=key, text=inside.template(key, required=True), at=inside.place(key))
    if not _KEY.fullmatch(key):
        inside.refuse(key, "不像模板里的字段名，应如 thing1、time2")
    elif kind == ONCE and key != "content":
        inside.refuse(key, "一次性订阅消息只有 content 这一个字段")
    elif key in _IGNORED:
        inside.warn(key, "微信 2023 年起不显示这个字段")
    elif kind != ONCE and field.kind not in KINDS:
        inside.warn(key, f"不认识 {field.kind} 这种字段，它的长度和格式不检查")
    return field if field.text else None


def _doubt(field: NoticeField, longest: Mapping[str, str]) -> Problem | None:
    fixed = not _SLOT.search(field.text)
    filled = _SLOT.sub(
        lambda slot: max(longest.get(slot[1], ""), slot[2] or "", key=len), field.text
    )
    most = MOST_CHARS.get(field.kind, len(filled))
    if fixed and len(filled) > most:
        return field.at.problem(f"{field.key}: {len(filled)} 字，{field.kind} 最多 {most} 字")
    if fixed and (fault := field.fault(field.fit(filled))):
        return field.at.problem(f"{field.key}: {fault}")
    if len(filled) > most:
        words = f"填上最长的空位是 {len(filled)} 字，{field.kind} 最多 {most} 字，"
        return field.at.problem(f"{field.key}: {words}{_result(field)}", level="warning")
    return None


def _result(field: NoticeField) -> str:
    return "超出时会截断" if field.fit("字" * 99) != "字" * 99 else "超出时不会发送"
