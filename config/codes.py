"""Reads a batch of coupon codes that a till's system exported."""

import re
from collections.abc import Mapping
from pathlib import Path

from config.problems import Place, Problem
from config.sheets import read_sheet

MAX_CODE_CHARS = 64
_CODE = re.compile(r"[A-Za-z0-9_-]+")
_HEADERS = {"code": "券码"}


def read_codes(path: Path) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Return the coupon codes of a CSV file, in its order, and what is wrong with it.

    One column headed `code` or 券码, one code a line. A repeated, over-long (more than 64) or
    oddly written code is a problem and left out; a file without any usable code is one too.
    Letters count as different by case, as tills do.
    """
    return read_home_codes(path.parent, path.name)


def read_home_codes(home: Path, name: str) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Read the batch `name` of a home folder, as `read_codes` does."""
    rows, found = read_sheet(home, name, _HEADERS)
    problems = list(found)
    lines: dict[str, Place] = {}
    for row in rows:
        cell = row.value.get("code") if isinstance(row.value, Mapping) else None
        if cell is None or not cell.text:
            problems.append(row.at.problem("券码是空的"))
        elif wrong := _wrong(cell.text, lines):
            problems.append(cell.at.problem(wrong))
        else:
            lines[cell.text] = cell.at
    if not rows and not found:
        problems.append(Place(name).problem("没有一张券码"))
    return tuple(lines), tuple(problems)


def _wrong(code: str, lines: Mapping[str, Place]) -> str:
    if code in lines:
        return f"券码重复，第 {lines[code].line} 行已有"
    if len(code) > MAX_CODE_CHARS:
        return f"券码有 {len(code)} 个字符，最多 {MAX_CODE_CHARS} 个"
    return "" if _CODE.fullmatch(code) else "券码只能用字母、数字、- 和 _"
