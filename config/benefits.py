"""Reads what is given and where it leads: campaigns, and pools of groups."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from config.fields import Fields
from config.notices import remind
from config.nouns import Campaign, Group, Pool
from config.problems import Place, Problem

MAX_STOCK = 10_000_000
SCAN_LIMIT = 200  # members up to which a group's QR lets people in (wecom/customer-contact.md)
MAX_MEMBERS = 500
WELCOME_BYTES = 3000  # wecom/customer-contact.md section 5.3, like the next
MAX_WELCOMES = 100
_CHAT = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PREFIX = re.compile(r"[A-Z0-9-]{0,8}")


def campaign(fields: Fields, *, now: datetime) -> Campaign:
    """Read one campaign. Without a `codes_file` its stock must be stated and above zero.

    With one, `stock` 0 stands for as many as the file has; `config.content` fills it in.
    """
    batch = fields.text("codes_file")
    opens, closes = fields.moment("opens"), fields.moment("closes")
    if opens and closes and opens >= closes:
        fields.refuse("closes", "结束时间不在开始时间之后")
    elif closes and closes <= now:
        fields.warn("closes", "活动已经结束")
    prefix = fields.text("prefix")
    if not _PREFIX.fullmatch(prefix):
        fields.refuse("prefix", "券码前缀只用大写字母、数字和 -，最多 8 个")
    return Campaign(
        id=fields.ident("活动"),
        name=fields.text("name", required=True),
        stock=fields.whole("stock", low=1, high=MAX_STOCK, required=not batch),
        terms=fields.text("terms", required=True),
        value_fen=fields.fen("value_fen"),
        per_person=fields.whole("per_person", 1, low=1, high=1000),
        opens=opens,
        closes=closes,
        valid_days=fields.whole("valid_days", 30, low=1, high=3650),
        stores=fields.refs("stores", "门店"),
        codes_file=batch,
        prefix=prefix,
        granted=fields.template("granted"),
        again=fields.template("again"),
        sold_out=fields.template("sold_out"),
        ended=fields.template("ended"),
        not_yet=fields.template("not_yet"),
        remind=remind(fields),
    )


def pool(fields: Fields, *, now: datetime, official: frozenset[str] | None) -> Pool:
    """Read one pool and its groups, which none of the `official` accounts can have."""
    groups = tuple(_group(group, now=now) for group in fields.nested("groups"))
    if not groups:
        fields.warn("groups", "群池里没有群，顾客会被告知暂时没有群")
    kf = fields.text("kf")
    account = fields.ref("account", "账号", required=True)
    if account in (official or ()):
        fields.refuse("account", f"{account} 是公众号，没有客户群：写企业微信应用的账号")
    return Pool(
        id=fields.ident("群池"),
        name=fields.text("name", required=True),
        account=account,
        groups=groups,
        benefit=fields.ref("benefit", "活动"),
        tags=fields.texts("tags"),
        warn_at=fields.whole("warn_at", 180, low=1, high=MAX_MEMBERS),
        hello=fields.template("hello"),
        kf=kf,
        group_welcome=_group_welcome(fields, kf),
    )


def _group_welcome(fields: Fields, kf: str) -> str:
    text = fields.template("group_welcome")
    if len(text.encode()) > WELCOME_BYTES:
        fields.refuse("group_welcome", f"入群欢迎语最多 {WELCOME_BYTES} 字节（约 1000 个汉字）")
    if text and not _CHAT.fullmatch(kf):
        fields.refuse("group_welcome", "还要写 kf：欢迎语里的入口进哪个客服账号（open_kfid）")
    return text


def too_many_welcomes(pools: Iterable[Pool]) -> Iterator[Problem]:
    """Yield a warning when more groups are to be welcomed than the platform keeps welcomes."""
    groups = sum(len(pool.groups) for pool in pools if pool.group_welcome)
    if groups > MAX_WELCOMES:
        text = f"{groups} 个群要入群欢迎语，平台最多留 {MAX_WELCOMES} 条：后面的群会建不成"
        yield Place("pools").problem(text, level="warning")


def _group(fields: Fields, *, now: datetime) -> Group:
    expires = fields.moment("expires")
    if expires and expires <= now:
        fields.warn("expires", "入群码已经过期，不会再发给顾客")
    group = Group(
        chat=fields.ident("群", "chat", like=_CHAT),
        name=fields.text("name", required=True),
        store=fields.ref("store", "门店"),
        capacity=fields.whole("capacity", SCAN_LIMIT, low=1, high=MAX_MEMBERS),
        closed=fields.flag("closed"),
        expires=expires,
        qr_code=fields.text("qr_code"),
        passphrase=fields.passphrase("passphrase"),
    )
    fields.finish()
    return group
