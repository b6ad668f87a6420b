"""`mass list` and `mass show`: who has confirmed, who got it, who did not and why."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console

from bot.db import mass_reports
from bot.db.mass_reports import MassReport, PartReport
from commands.mass.words import LEFT, LEFT_GROUPS, PARTS, RECEIVERS, STATES, TAP
from commands.parts.problems import FINE, USAGE, stop
from commands.report.names import Names, names_of
from commands.report.reading import reader_of
from commands.report.showing import clean, console, stamp, when

VERSION = 1  # of the JSON form
_CAPPED = 200


def run(folder: Path, *, limit: int, as_json: bool) -> int:
    """Print the newest mass messages. Changes nothing."""
    reader = reader_of(folder)
    found = reader.ask(lambda tx: mass_reports.listed(tx, limit))
    if as_json:
        print(orjson.dumps({"v": VERSION, "masses": [_document(one) for one in found]}).decode())
        return FINE
    zone, out = ZoneInfo(reader.home.settings.store_zone), console()
    if not found:
        out.print("还没有群发（用 mass make 建）")
    for one in found:
        out.print(clean(f"{when(one.at_us, zone)}  {one.name}  {_headline(one)}"))
    return FINE


def show(folder: Path, name: str, *, as_json: bool) -> int:
    """Print one mass message, part by part; stops when there is none. Changes nothing."""
    reader = reader_of(folder)
    found = reader.ask(lambda tx: mass_reports.of_name(tx, name, _CAPPED))
    if found is None:
        stop(f"没有名为 {clean(name)} 的群发（看 mass list）", USAGE)
    if as_json:
        print(orjson.dumps({"v": VERSION, **_document(found)}).decode())
    else:
        _print(found, names_of(reader.home), ZoneInfo(reader.home.settings.store_zone))
    return FINE


def _headline(one: MassReport) -> str:
    waits = f"{one.waiting} 个任务{TAP}" if one.waiting else "没有等着确认的任务"
    everybody = sum(sum(part.receivers.values()) for part in one.parts)
    return f"{STATES[one.state]}，{waits}，已发 {one.count('sent')} / {everybody}"


def _print(one: MassReport, names: Names, zone: ZoneInfo) -> None:
    out = console()
    out.print(clean(f"群发 {one.name}：{_headline(one)}"), style="bold")
    out.print(f"  {when(one.at_us, zone)} 建，{names.account(one.account)}")
    if one.letter.text:
        out.print(clean(f"  正文：{one.letter.text}"))
    if one.letter.link:
        out.print(clean(f"  链接：{one.letter.title} {one.letter.link}"))
    if one.letter.images:
        out.print(clean(f"  图片：{'、'.join(one.letter.images)}"))
    for part in one.parts:
        _print_part(out, part, names, zone)
    reasons = LEFT_GROUPS if one.selection.chats else LEFT
    for why, count in one.left.items():
        out.print(f"  没有选入 {count} 个：{reasons[why]}")
    if one.capped:
        out.print(f"    {'、'.join(clean(receiver) for receiver in one.capped)}")


def _print_part(out: Console, part: PartReport, names: Names, zone: ZoneInfo) -> None:
    tapped = f"（{when(part.tapped_us, zone)}）" if part.tapped_us else ""
    out.print(f"  {clean(names.staff(part.staff))}：{PARTS[part.state]}{tapped}；{_counts(part)}")
    if part.trouble:
        out.print(f"    {clean(part.trouble)}")
    if part.state == "made":
        read = f"，{when(part.read_us, zone)} 问过" if part.read_us else "，还没问过结果"
        out.print(f"    请他在企业微信「客户联系 > 群发」里确认{read}")


def _counts(part: PartReport) -> str:
    told = [f"{words} {part.receivers[name]}" for name, words in RECEIVERS.items()
            if part.receivers.get(name)]  # fmt: skip
    return "，".join(told) or "没有接收方"


def _document(one: MassReport) -> Mapping[str, object]:
    return {
        "name": one.name,
        "account": one.account,
        "truth": "employee",
        "state": one.state,
        "at": stamp(one.at_us),
        "text": one.letter.text,
        "parts": [_part_document(part) for part in one.parts],
        "left": one.left,
        "capped": [*one.capped],
    }


def _part_document(part: PartReport) -> Mapping[str, object]:
    return {
        "staff": part.staff,
        "state": part.state,
        "msgid": part.msgid,
        "trouble": part.trouble,
        "tapped": stamp(part.tapped_us),
        "read": stamp(part.read_us),
        "receivers": part.receivers,
    }
