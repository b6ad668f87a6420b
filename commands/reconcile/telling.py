"""Tells how comparing went: how much was compared, what was found late, and what could not be."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console

from bot.db import comparisons
from bot.db.tx import Row, Tx
from commands.parts.compose import Home
from commands.reconcile.asking import Compared
from commands.report.names import Names, names_of
from commands.report.showing import clean, console, stamp, when

VERSION = 1  # of the JSON form
_MOST = 500  # gaps shown
PARTS = {
    "contacts": "客户", "groups": "客户群", "labels": "客户标签", "followers": "粉丝",
    "kf": "微信客服",
}  # fmt: skip
STATES = {
    "running": "还在比", "done": "比完", "refused": "平台不让比",
    "resting": "这次没有问", "unfinished": "没有比完",
}  # fmt: skip
WHATS = {
    "add": "加了好友", "drop": "不再是好友", "join": "进了群", "leave": "离开了群",
    "follow": "关注了公众号", "unfollow": "取消了关注", "group_gone": "群不在了",
    "label": "标签对不上，已去重写", "message": "说的话来晚了",
}  # fmt: skip
_BEFORE = ("drop", "leave", "unfollow")  # a list shows that it is so, not since when


@dataclass(slots=True, kw_only=True)
class Found:
    """How much of each kind was found, and when the earliest of it happened."""

    counts: dict[str, int] = field(default_factory=dict)
    since_us: int | None = None

    def add(self, row: Row) -> None:
        """Take in one kind."""
        self.counts[row["what"]] = row["n"]
        moments = [at for at in (self.since_us, row["since_us"]) if at is not None]
        self.since_us = min(moments, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The parts of the runs since a moment, what they found, and how much of each kind."""

    parts: Sequence[Row]
    gaps: Sequence[Row]
    found: Mapping[tuple[str, str, str], "Found"]  # by account, run and part

    @property
    def clean(self) -> bool:
        """Whether all was compared and nothing was found."""
        return not self.gaps and all(part["state"] == "done" for part in self.parts)


async def report(tx: Tx, since_us: int, account: str) -> Report:
    """Return what comparing came to since then, of one account or, with "", of all."""
    found: dict[tuple[str, str, str], Found] = defaultdict(Found)
    for row in await comparisons.gap_counts(tx, since_us):
        found[row["account"], row["run"], row["part"]].add(row)
    return Report(
        parts=_of(account, await comparisons.runs_since(tx, since_us)),
        gaps=_of(account, await comparisons.gaps_since(tx, since_us, _MOST)),
        found=found,
    )


def _of(account: str, rows: Sequence[Row]) -> Sequence[Row]:
    return [row for row in rows if account in ("", row["account"])]


def document(told: Report, ended: Compared) -> str:
    """Return the report as programs read it; docs/reference/json/reconcile.schema.json."""
    parts = [_part(told, one) for one in told.parts]
    gaps = [_gap(one) for one in told.gaps]
    whole = {"v": VERSION, "done": ended.done, "owed": ended.owed, "parts": parts, "gaps": gaps}
    return orjson.dumps(whole).decode()


def _part(told: Report, one: Row) -> dict[str, object]:
    found = _found(told, one)
    return {
        "account": one["account"],
        "run": one["run"],
        "part": one["part"],
        "state": one["state"],
        "compared": one["compared"],
        "found": found.counts,
        "since": stamp(found.since_us),
        "troubles": _troubles(one),
        "began": stamp(one["began_us"]),
        "ended": stamp(one["ended_us"]),
        "before": stamp(one["last_us"]),
    }


def _gap(one: Row) -> dict[str, object]:
    return {
        "account": one["account"],
        "part": one["part"],
        "what": one["what"],
        "member": one["member"],
        "about": one["about"] or None,
        "person": one["person_id"],
        "event_id": one["event_id"],
        "happened": stamp(one["happened_us"]),
        "found": stamp(one["found_us"]),
        "certain": bool(one["certain"]),
    }


def _found(told: Report, one: Row) -> Found:
    return told.found.get((one["account"], one["run"], one["part"]), Found())


def _troubles(one: Row) -> list[str]:
    return str(one["trouble"]).splitlines()


def show(told: Report, home: Home, ended: Compared) -> None:
    """Print the newest run of each account, and everything found since the asked moment."""
    out, names, zone = console(), names_of(home), ZoneInfo(home.settings.store_zone)
    newest = {one["account"]: one["run"] for one in told.parts}
    for account, run in newest.items():
        parts = [one for one in told.parts if (one["account"], one["run"]) == (account, run)]
        began = when(parts[0]["began_us"], zone)
        out.print(f"{names.account(account)}  {began} 起", style="bold")
        for one in parts:
            _print_part(out, told, one, zone)
    if not ended.done:
        out.print("还没有比完：服务会接着做，用 reconcile --show 看结果")
    if ended.owed:
        out.print(
            f"服务没有运行：有 {ended.owed} 件事（标签、客服消息、进群礼等）还没有做，"
            "启动 serve 才会做（用 ledger 看是什么）"
        )
    _print_gaps(out, told.gaps, names, zone)


def _print_part(out: Console, told: Report, one: Row, zone: ZoneInfo) -> None:
    found = _found(told, one)
    before = f"，上次比完 {when(one['last_us'], zone)}" if one["last_us"] else "，第一次比"
    late = sum(found.counts.values())
    since = f"（最早 {when(found.since_us, zone)}）" if found.since_us else ""
    came = f"迟到的消息 {late} 条{since}" if one["part"] == "kf" else f"补记 {late}{since}"
    state = STATES[one["state"]]
    if (one["part"], one["state"]) == ("kf", "running"):
        state = "等服务去拉"
    out.print(f"  {PARTS[one['part']]}：{state}，比对 {one['compared']}，{came}{before}")
    for trouble in _troubles(one):
        out.print(clean(f"    没有比：{trouble}"))


def _print_gaps(out: Console, gaps: Sequence[Row], names: Names, zone: ZoneInfo) -> None:
    if not gaps:
        out.print("没有漏掉的")
        return
    cut = f"，只列 {_MOST} 条" if len(gaps) == _MOST else ""
    out.print(f"没有回调告诉我们、对账发现的 {len(gaps)} 条{cut}：", style="bold")
    for one in gaps:
        out.print(clean(f"  {_sentence(one, names, zone)}"))


def _sentence(one: Row, names: Names, zone: ZoneInfo) -> str:
    happened = when(one["happened_us"], zone) if one["happened_us"] else "时间不明"
    at = f"{happened} 之前" if one["what"] in _BEFORE else happened
    about = one["about"]
    if one["part"] != "kf":
        about = names.group(about) if one["part"] == "groups" else names.staff(about)
    who = names.group(one["member"]) if one["what"] == "group_gone" else one["member"]
    sure = "" if one["certain"] else "（平台的名单只说明现在不在，不说是谁、为什么）"
    person = f"  会员 {one['person_id']}" if one["person_id"] else ""
    beside = f" {about}" if one["about"] else ""
    found = when(one["found_us"], zone)
    return f"{at}  {who} {WHATS[one['what']]}{beside}{sure}{person}  发现于 {found}"
