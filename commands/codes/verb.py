"""`codes make`: an entry code for every store or employee, and on request its picture."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from commands.codes.asking import Wanted, pictures
from commands.codes.making import PACE_S, Made
from commands.codes.rows import KINDS, Code
from commands.codes.sheet import add_rows, wanted_codes
from commands.parts.compose import open_home
from commands.parts.problems import FINDINGS, FINE, UNREACHABLE, USAGE, stop
from config.problems import nearest
from config.rosters import ENTRY_CODES

VERSION = 1  # of the JSON form


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for."""

    kinds: tuple[str, ...]
    stores: tuple[str, ...] = ()
    out: Path | None = None
    account: str = ""
    kf: str = ""
    dry_run: bool = False
    as_json: bool = False


@dataclass(slots=True, kw_only=True)
class _Outcome:
    added: list[str] = field(default_factory=list)
    present: int = 0
    made: Made = field(default_factory=Made)


def run(home: Path, asked: Asked, *, pace_s: float = PACE_S) -> int:
    """Add the entry codes that are missing to the home, and ask for pictures with a folder `out`.

    Rows come first, so a picture never shows a code that means nothing. Returns 1 when a picture
    failed, 3 when the platform could not be reached. Repeating is safe: rows and pictures that
    are there are left as they are.
    """
    read = open_home(home, with_rules=False)
    kinds = _kinds(asked.kinds)
    codes = wanted_codes(read, kinds, asked.stores)
    outcome = _Outcome(
        added=[code.key for code in codes if code.fresh],
        present=sum(not code.fresh for code in codes),
    )
    if outcome.added and not asked.dry_run:
        add_rows(read.folder, codes)
    if asked.out and codes and not asked.dry_run:
        outcome.made = asyncio.run(
            pictures(read, codes, Wanted(out=asked.out, account=asked.account, kf=asked.kf), pace_s)
        )
    _tell(asked, codes, outcome)
    return _status(outcome.made)


def _kinds(given: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip() for words in given for name in words.split(",") if name.strip()]
    for name in names:
        if name not in KINDS:
            hint = nearest(name, KINDS)
            meant = f"（是不是 {hint}？）" if hint else ""
            stop(f"没有活码种类 {name}{meant}，可用的有：{'、'.join(KINDS)}", USAGE)
    if not names:
        stop(f"要说明做哪种活码：--kind {'、'.join(KINDS)}", USAGE)
    return tuple(dict.fromkeys(names))


def _status(made: Made) -> int:
    if not made.failed:
        return FINE
    reached = made.files or any(trouble.reached for trouble in made.failed.values())
    return FINDINGS if reached else UNREACHABLE


def _tell(asked: Asked, codes: Sequence[Code], outcome: _Outcome) -> None:
    made = outcome.made
    if asked.as_json:
        print(json.dumps(_document(asked, outcome), ensure_ascii=False))
        return
    if asked.dry_run:
        for key in outcome.added:
            print(f"要加：{key}")
    print(
        f"{ENTRY_CODES.file}：新增 {len(outcome.added)}，已有 {outcome.present}"
        + ("；只是试算，什么都没有写" if asked.dry_run else "")
    )
    if asked.out and not asked.dry_run:
        kept = len(codes) - len(made.files) - len(made.failed) - made.left
        print(f"图片在 {asked.out}：新做 {len(made.files)}，已有 {kept}，没做成 {len(made.failed)}")
        if made.left:
            print(f"同样的错误连着来，先停下，还有 {made.left} 个没做；处理好再运行一次，会接着做")


def _document(asked: Asked, outcome: _Outcome) -> dict[str, object]:
    made = outcome.made
    return {
        "v": VERSION,
        "added": outcome.added,
        "present": outcome.present,
        "written": bool(outcome.added) and not asked.dry_run,
        "pictures": made.files,
        "failed": {
            key: {"code": trouble.code, "meaning": trouble.meaning}
            for key, trouble in made.failed.items()
        },
        "left": made.left,
    }
