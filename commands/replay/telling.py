"""Tells what a draft would have changed, to people and to programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console
from rich.table import Table

from commands.replay.books import Cost
from commands.replay.comparing import Compared
from commands.replay.totals import Tally, Totals
from commands.report.showing import clean, stamp, when
from keyword_rules.rule import Step

VERSION = 1  # of the JSON form
_VERBS: Mapping[str, str] = {
    "reply": "回复",
    "topic": "话题",
    "grant": "发券",
    "coupons": "查券",
    "invite": "邀请进群",
    "tag": "打标签",
    "untag": "去标签",
    "handover": "转人工",
    "welcome": "欢迎",
    "notify": "通知",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of a replay. `cleared` are events whose traces are no longer kept."""

    live: str
    draft: str
    since_us: int
    until_us: int
    totals: Totals
    unreadable: int
    cleared: int
    campaigns: tuple[Cost, ...]
    pools: tuple[Cost, ...]


def document(found: Replayed) -> bytes:
    """Return it as programs read it: docs/how-to/replay.md has the fields."""
    totals = found.totals
    return orjson.dumps({
        "v": VERSION,
        "live": found.live,
        "draft": found.draft,
        "from": stamp(found.since_us),
        "to": stamp(found.until_us),
        "events": totals.events,
        "changed": totals.changed,
        "members": len(totals.members),
        "same_by_another_rule": totals.otherwise,
        "skipped": {"cleared": found.cleared, "unreadable": found.unreadable},
        "of_words_only": totals.of_words_only,
        "by_other_rules": totals.by_other_rules,
        "silent": totals.silent,
        "unknown_rules": dict(sorted(totals.unknown.items())),
        "rules": _tallies(totals.rules),
        "steps": _tallies(totals.verbs),
        "tags": _tallies(totals.tags),
        "campaigns": [_cost(one) for one in found.campaigns],
        "pools": [_cost(one) for one in found.pools],
        "changes": [_change(one) for one in totals.changes],
    })  # fmt: skip


def _tallies(found: Mapping[str, Tally]) -> dict[str, dict[str, int]]:
    return {
        name: {
            "gained": one.gained,
            "lost": one.lost,
            "gaining": len(one.gaining),
            "losing": len(one.losing),
        }
        for name, one in sorted(found.items())
    }


def _cost(one: Cost) -> dict[str, object]:
    told: dict[str, object] = {
        "id": one.id, "more": one.more, "fewer": one.fewer, "left": one.left, "short": one.short,
    }  # fmt: skip
    return told if one.fen is None else {**told, "fen": one.fen}


def _change(one: Compared) -> dict[str, object]:
    was = one.was
    return {
        "event_id": was.event,
        "at": stamp(was.at_us),
        "person": was.person or None,
        "text": was.subject.text,
        "key": was.subject.key,
        "old": one.old,
        "new": one.new,
        "lost": [_step(step) for step in one.lost],
        "gained": [_step(step) for step in one.gained],
    }


def _step(step: Step) -> dict[str, object]:
    return {"verb": step.verb, "args": dict(step.args)}


def tell(found: Replayed, out: Console, zone: ZoneInfo) -> None:
    """Print it for people."""
    totals = found.totals
    span = f"{when(found.since_us, zone)} 到 {when(found.until_us, zone)}"
    out.print(f"{span}：重放 {totals.events} 件，规则 {found.live} → {found.draft}")
    for line in _notes(found):
        out.print(f"  {line}")
    if not totals.changed:
        out.print("没有差别：每位顾客得到的都一样")
        return
    out.print(f"{totals.changed} 件不同，涉及 {len(totals.members)} 位会员")
    for title, tallies in (("规则", totals.rules), ("动作", totals.verbs), ("标签", totals.tags)):
        if tallies:
            out.print(_table(title, tallies))
    for line in (*_campaigns(found.campaigns), *_pools(found.pools)):
        out.print(line)
    for one in totals.changes:
        out.print(_line(one, zone))
    if (rest := totals.changed - len(totals.changes)) > 0:
        out.print(f"另有 {rest} 件，全部列出加 --limit {totals.changed}")


def _notes(found: Replayed) -> Iterable[str]:
    totals = found.totals
    told = (
        (found.cleared, "件的轨迹已按保留期清理或随会员删除，没有重放"),
        (found.unreadable, "件的轨迹没有记下当时的情形，没有重放"),
        (totals.of_words_only, "件只知道原话、渠道和时间：新旧规则都按这些来比"),
        (totals.by_other_rules, "件当时用的不是现在这套规则：旧的动作按现在的同名规则算"),
        (totals.silent, "件当时有真人接待或太旧，本来就不自动回复"),
        (totals.otherwise, "件换了一条规则命中，做的事一样"),
    )
    for count, what in told:
        if count:
            yield f"{count} {what}"
    for rule, times in sorted(totals.unknown.items()):
        yield f"当时命中的规则 {rule} 已不在家里，它做过什么没有算（{times} 次）"


def _table(title: str, tallies: Mapping[str, Tally]) -> Table:
    table = Table(title_justify="left")
    for heading in (title, "多了（次）", "多了（人）", "少了（次）", "少了（人）"):
        table.add_column(heading, overflow="fold")
    for name, one in sorted(tallies.items(), key=lambda item: -(item[1].gained + item[1].lost)):
        figures = (one.gained, len(one.gaining), one.lost, len(one.losing))
        table.add_row(_VERBS.get(name, name) if title == "动作" else name, *map(str, figures))
    return table


def _campaigns(costs: Sequence[Cost]) -> Iterable[str]:
    for one in costs:
        worth = f"，面值合计 {one.fen / 100:.2f} 元" if one.fen else ""
        short = "，不够！" if one.short else ""
        moved = f"多发 {one.more} 份{worth}，少发 {one.fewer} 份"
        yield f"券 {one.id}：{moved}，还剩 {one.left} 份{short}"


def _pools(costs: Sequence[Cost]) -> Iterable[str]:
    for one in costs:
        short = "，不够！" if one.short else ""
        moved = f"多邀请 {one.more} 人，少邀请 {one.fewer} 人"
        yield f"群池 {one.id}：{moved}，空位 {one.left} 个{short}"


def _line(one: Compared, zone: ZoneInfo) -> str:
    was = one.was
    said = f"「{clean(was.subject.text)}」" if was.subject.text else was.subject.key
    old, new = ("、".join(rules) or "兜底" for rules in (one.old, one.new))
    steps = [f"+{_told(step)}" for step in one.gained] + [f"-{_told(step)}" for step in one.lost]
    return f"{when(was.at_us, zone)}  {was.event}  {said}  {old} → {new}  {'，'.join(steps)}"


def _told(step: Step) -> str:
    first = next(iter(step.args.values()), "")
    value = "、".join(first) if isinstance(first, tuple) else str(first)
    return clean(f"{_VERBS.get(step.verb, step.verb)} {value}".strip())
