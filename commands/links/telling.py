"""How the paid quota and the links are told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.platforms.wecom.api.acquisition import Link, Quota
from commands.parts.compose import Home
from commands.parts.patience import Trouble
from commands.report.showing import clean

VERSION = 1  # of the JSON forms


def quota_line(quota: Quota | Trouble, read: Home) -> str:
    """Return what is left of the quota, and which part of it ends first; or why nobody knows."""
    if isinstance(quota, Trouble):
        return clean(f"获客额度读不出来：{quota.text}")
    zone = ZoneInfo(read.settings.store_zone)
    ends = sorted((at, left) for at, left in quota.expiring if left)
    soonest = f"，其中 {ends[0][1]} 个到 {_day(ends[0][0], zone)}" if ends else ""
    return f"获客额度还剩 {quota.balance} 个（共 {quota.total} 个）{soonest}"


def quota_document(quota: Quota | Trouble | None) -> dict[str, object] | None:
    """Return the quota for programs, None where it could not be read; times are UTC."""
    if not isinstance(quota, Quota):
        return None
    expiring = [
        {"at": datetime.fromtimestamp(at, UTC), "balance": left} for at, left in quota.expiring
    ]
    return {"total": quota.total, "balance": quota.balance, "expiring": expiring}


def link_line(link: Link, read: Home) -> str:
    """Return one link with the names of its employees."""
    known = read.content.staff
    people = [known[one].name if one in known else one for one in link.staff]
    people += [f"部门 {one}" for one in link.parties]
    return clean(f"{link.name}  {'、'.join(people)}  {link.url}  {link.id}")


def link_document(link: Link) -> dict[str, object]:
    """Return one link for programs."""
    return {
        "id": link.id,
        "name": link.name,
        "url": link.url,
        "staff": link.staff,
        "departments": link.parties,
        "skip_verify": link.skip_verify,
        "made_at": datetime.fromtimestamp(link.made, UTC),
    }


def _day(at_s: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at_s, zone):%Y-%m-%d}"
