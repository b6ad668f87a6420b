"""`groups replies`: the table from which an administrator types the console's keyword replies."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from commands.groups.exporting import Left, Reply, exported
from commands.parts.compose import open_home
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.report.showing import clean, console
from config.nouns import Pool

VERSION = 1  # of the JSON form
_HEADINGS = ("能否照填", "规则", "匹配方式", "关键词", "回复内容", "用在哪些群", "备注")
_BY_HAND = (
    "平台没有接口可以代设：请管理员在企业微信后台「客户联系 → 聊天工具 → 自动回复」照表逐条填，"
    "再请群主在群里打开。顾客要 @ 小助理或店员并带上关键词才会触发；字数以后台页面为准。"
)


def run(home: Path, *, pool: str, out: Path | None, as_json: bool) -> int:
    """Print, or write to `out` as CSV for a spreadsheet, what can be typed and what cannot.

    For the groups of one pool, or of all. Returns 1 when no rule can be carried. Changes nothing.
    """
    read = open_home(home)
    pools = _pools(read.content.pools.values(), pool)
    replies, left = exported(read.rules.current.rules, read.content, pools)
    if out:
        _write(out, replies, left)
    if as_json:
        print(orjson.dumps(_document(pools, replies, left)).decode())
    else:
        _print(replies, left, out)
    return FINE if replies else FINDINGS


def _pools(known: Iterable[Pool], wanted: str) -> Sequence[Pool]:
    pools = [one for one in known if wanted in ("", one.id)]
    if not pools:
        stop(f"没有群池 {wanted}：看 pools/ 里的 id" if wanted else "pools/ 里还没有群池", USAGE)
    return pools


def _write(out: Path, replies: Sequence[Reply], left: Sequence[Left]) -> None:
    # With a byte order mark, by which spreadsheets know Chinese.
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(_HEADINGS)
            table.writerows(map(_row, replies))
            table.writerows(("否", one.rule, "", "", "", "", one.why) for one in left)
    except OSError as trouble:
        stop(f"写不了 {out}：{trouble.strerror}")


def _row(one: Reply) -> tuple[str, ...]:
    cells = ("是", one.rule, one.mode, "、".join(one.keywords), one.text, _where(one), one.remark)
    return tuple(map(_cell, cells))


def _where(one: Reply) -> str:
    if one.everywhere and len(one.groups) > 1:
        return f"全部 {len(one.groups)} 个群"
    return "、".join(group.name for group in one.groups)


def _cell(text: str) -> str:
    # A spreadsheet runs what begins like a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _document(
    pools: Sequence[Pool], replies: Sequence[Reply], left: Sequence[Left]
) -> dict[str, object]:
    return {
        "v": VERSION,
        "by_hand": True,
        "pools": [pool.id for pool in pools],
        "replies": [
            {
                "rule": one.rule,
                "mode": "full" if one.mode == "完全匹配" else "contains",
                "keywords": one.keywords,
                "text": one.text,
                "groups": [group.chat for group in one.groups],
                "remark": one.remark,
            }
            for one in replies
        ],
        "left": [{"rule": one.rule, "why": one.why} for one in left],
    }


def _print(replies: Sequence[Reply], left: Sequence[Left], out: Path | None) -> None:
    shown = console()
    shown.print(f"能照填 {len(replies)} 条，不能的 {len(left)} 条规则。{_BY_HAND}")
    if out:
        shown.print(f"表格写在 {out}")
        return
    for one in replies:
        shown.print(clean(f"{one.rule}  {one.mode}「{'、'.join(one.keywords)}」  {_where(one)}"))
        shown.print(clean("    " + one.text.replace("\n", "\n    ")))
        if one.remark:
            shown.print(clean(f"    （{one.remark}）"))
    for rest in left:
        shown.print(clean(f"不能照填 {rest.rule}：{rest.why}"))
