"""`rules gaps`: what customers said that no rule knew, ranked for the operator's weekly work."""

from dataclasses import dataclass
from pathlib import Path

import orjson

from commands.gaps import telling
from commands.gaps.grouping import Gap
from commands.gaps.reading import Gaps, ignore, read_gaps
from commands.parts.problems import FINE, USAGE, stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for; `ignore` are ids of gaps that need no rule."""

    limit: int = 50
    csv: Path | None = None
    ignore: tuple[str, ...] = ()
    as_json: bool = False


def run(folder: Path, asked: Asked) -> int:
    """Print at most `limit` gaps, the most frequent first; a sheet has all of them.

    Only what `ignore` names is changed: it is not listed again.
    """
    if asked.limit < 1:
        stop("--limit 至少是 1", USAGE)
    found = read_gaps(folder)
    if asked.ignore:
        ignore(folder, [_known(found, id) for id in asked.ignore])
        print(f"放下了 {len(asked.ignore)} 组，以后不再列；要找回，从 gaps-ignored.txt 删掉它们")
        return FINE
    if asked.csv:
        telling.write_sheet(asked.csv, found)
        print(f"写好 {asked.csv}：{len(found.open)} 组")
    elif asked.as_json:
        print(orjson.dumps(telling.document(found, asked.limit)).decode())
    else:
        telling.show(found, asked.limit)
    return FINE


def _known(found: Gaps, id: str) -> Gap:
    gap = found.find(id)
    if gap is None:
        stop(f"没有组号 {id}：先运行 rules gaps 看组号", USAGE)
    return gap
