"""`ledger`: what is owed, under way, unknown or quarantined, and what operators should look at."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console

from bot.db.reports import Books, Notice, Owed, Quarantined, books
from bot.pausing import ALL_SENDING
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.report import requeue as requeueing
from commands.report import resolve as resolving
from commands.report.document import effect_document
from commands.report.reading import reader_of
from commands.report.showing import clean, console, stamp, when
from commands.report.words import INBOX_STATES, REMOTE, STATES

VERSION = 1  # of the JSON form
_MOST = 200  # rows in each list
_RESOLVE = "--resolve 编号|all --as done|retry|give_up"
_REQUEUE = "修好后重新处理：--requeue 事件号|all"


def run(home: Path, *, resolve: str, verdict: str, requeue: str, as_json: bool) -> int:
    """Print how the ledger stands; 1 when something is unknown or quarantined.

    With `resolve` or `verdict`, settle unknown effects instead (`commands.report.resolve`);
    with `requeue`, have quarantined events decided again (`commands.report.requeue`).
    """
    if requeue and (resolve or verdict):
        stop("--requeue 和 --resolve 分两次运行：一次只做一件", USAGE)
    if requeue:
        return requeueing.run(home, requeue, as_json=as_json)
    if resolve or verdict:
        return resolving.run(home, resolve, verdict, as_json=as_json)
    reader = reader_of(home)
    standing = reader.ask(lambda tx: books(tx, _MOST))
    if as_json:
        print(orjson.dumps(_document(standing)).decode())
    else:
        _print(standing, ZoneInfo(reader.home.settings.store_zone))
    return FINDINGS if standing.unknown or standing.quarantined else FINE


def _document(standing: Books) -> dict[str, object]:
    return {
        "v": VERSION,
        "counts": {
            "effects": standing.effects,
            "inbox": standing.inbox,
            "ignored": standing.ignored,
            "refused": standing.refused,
        },
        "paused": [
            {"name": one.name, "reason": one.reason, "by": one.by, "since": stamp(one.at_us)}
            for one in standing.paused
        ],
        "owed": [effect_document(one) for one in standing.owed],
        "under_way": [effect_document(one) for one in standing.under_way],
        "unknown": [effect_document(one) for one in standing.unknown],
        "quarantined": [
            {
                "event_id": one.event_id,
                "account": one.account,
                "kind": one.kind,
                "error": one.error,
                "attempts": one.attempts,
                "since": stamp(one.since_us),
            }
            for one in standing.quarantined
        ],
        "notices": [
            {"name": one.name, "text": one.text, "at": stamp(one.at_us)} for one in standing.notices
        ],
    }


def _print(standing: Books, zone: ZoneInfo) -> None:
    out = console()
    for one in standing.paused:
        nothing = "：什么都不发出" if one.name == ALL_SENDING else ""
        out.print(clean(f"{one.told}，{when(one.at_us, zone)} 起{nothing}"), style="bold")
    _print_counts(out, standing)
    _print_effects(out, f"结果未知（查实后确认：{_RESOLVE}）", standing.unknown, zone)
    _print_effects(out, "待执行", standing.owed, zone)
    _print_effects(out, "进行中", standing.under_way, zone)
    _print_quarantined(out, standing.quarantined, zone)
    _print_notices(out, standing.notices, zone)


def _print_counts(out: Console, standing: Books) -> None:
    out.print("对外动作：" + ("" if standing.effects else "还没有"), style="bold")
    for state, kinds in standing.effects.items():
        each = "，".join(f"{REMOTE.get(kind, kind)} {n}" for kind, n in kinds.items())
        out.print(f"  {STATES.get(state, state)} {sum(kinds.values())}：{each}")
    out.print("收件箱：" + (_joined(standing.inbox, INBOX_STATES) or "还没有"), style="bold")
    if standing.ignored:
        out.print("未识别的通知（原样保留，不作处理）：" + clean(_joined(standing.ignored, {})))
    if standing.refused:
        out.print("门口拒收（账号 步骤）：" + _joined(standing.refused, {}))


def _joined(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    return "，".join(f"{words.get(name, name)} {n}" for name, n in counts.items())


def _print_effects(out: Console, title: str, effects: Sequence[Owed], zone: ZoneInfo) -> None:
    if not effects:
        return
    _print_title(out, title, len(effects))
    for one in effects:
        code = f"，错误码 {one.code}" if one.code else ""
        out.print(
            f"  #{one.id} {REMOTE.get(one.kind, one.kind)}  账号 {one.account}"
            f"  规则 {one.rule or '无'}  会员 {one.person or '无'}  试过 {one.attempts} 次"
            f"  起于 {when(one.created_us, zone)}{_due(one, zone)}"
        )
        if one.meaning or code:
            out.print(f"      {clean(one.meaning)}{code}")


def _due(one: Owed, zone: ZoneInfo) -> str:
    return f"  时限 {when(one.deadline_us, zone)}" if one.deadline_us else ""


def _print_quarantined(out: Console, rows: Sequence[Quarantined], zone: ZoneInfo) -> None:
    if not rows:
        return
    _print_title(out, f"已隔离（内容都留着，why 事件号 看详情；{_REQUEUE}）", len(rows))
    for row in rows:
        out.print(
            f"  {row.event_id}  账号 {row.account}  {clean(row.kind)}  试过 {row.attempts} 次"
            f"  起于 {when(row.since_us, zone)}"
        )
        out.print(f"      {clean(row.error)}")


def _print_notices(out: Console, notices: Sequence[Notice], zone: ZoneInfo) -> None:
    if not notices:
        return
    _print_title(out, "请运营看一眼", len(notices))
    for notice in notices:
        out.print(f"  {when(notice.at_us, zone)}  {clean(notice.text)}")


def _print_title(out: Console, title: str, shown: int) -> None:
    cut = f"，只列 {_MOST} 条" if shown == _MOST else ""
    out.print(f"{title}{cut}", style="bold")
