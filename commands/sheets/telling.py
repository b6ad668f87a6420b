"""What became of a sheet, in words and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from commands.parts.problems import show
from commands.sheets.plan import Plan
from commands.sheets.shelf import Left
from commands.sheets.trial import Tried
from commands.sheets.wrong import Wrong

VERSION = 1  # of the JSON form
_FEW = 10  # names that one line may list


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything that is to be told. `kept` is where the old files are, "" when there are none."""

    file: Path
    plan: Plan
    tried: Tried
    left: Sequence[Left]
    kept: str
    dry_run: bool

    @property
    def wrong(self) -> list[Wrong]:
        """Every mistake and doubt, by row."""
        return sorted(self.plan.wrong + self.tried.wrong, key=lambda one: one.row)

    @property
    def errors(self) -> list[Wrong]:
        """What kept a row out."""
        return [one for one in self.wrong if one.level == "error"]

    @property
    def added(self) -> list[str]:
        """Ids of new rules."""
        return [one.id for one in self.tried.done if one.block is None]

    @property
    def changed(self) -> list[str]:
        """Ids of rules that were written anew."""
        return [one.id for one in self.tried.done if one.block and one.cells is not None]

    @property
    def deleted(self) -> list[str]:
        """Ids of rules that were taken out."""
        return [one.id for one in self.tried.done if one.cells is None]


def tell(told: Told, *, as_json: bool) -> None:
    """Print what was done and what was not; problems in words go to standard error."""
    if as_json:
        print(json.dumps(_document(told), ensure_ascii=False))
        return
    show(told.wrong)
    for line in _lines(told):
        print(line)


def _document(told: Told) -> dict[str, object]:
    return {
        "v": VERSION,
        "file": str(told.file),
        "added": told.added,
        "changed": told.changed,
        "deleted": told.deleted,
        "unchanged": told.plan.unchanged,
        "newer": told.plan.newer,
        "missing": told.plan.missing,
        "bad": len({one.row for one in told.errors}),
        "written": [] if told.dry_run else sorted(told.tried.texts),
        "kept": told.kept,
        "dry_run": told.dry_run,
        "problems": [asdict(one) for one in told.wrong],
    }


def _lines(told: Told) -> Iterator[str]:
    rows = len({one.row for one in told.errors if one.row})
    yield (
        f"规则表：新增 {len(told.added)}，改动 {len(told.changed)}，删掉 {len(told.deleted)}，"
        f"不变 {told.plan.unchanged}，有错 {rows} 行"
    )
    if told.plan.newer:
        yield f"导出以后只在文件里改过的，听文件的：{_few(told.plan.newer)}"
    if told.plan.missing:
        yield f"文件里有、表里没有的，没有删：{_few(told.plan.missing)}（要删加 --delete-missing）"
    broken = [left for left in told.left if not left.id]
    for left in broken:
        yield f"rules/{left.place} 有问题，没有读它：{left.why}"
    yield from _written(told)


def _written(told: Told) -> Iterator[str]:
    files = sorted(told.tried.texts)
    if told.dry_run:
        yield "只是试算，什么都没有写"
    elif not files:
        yield "没有要写的"
    else:
        yield f"写好 {'、'.join(f'rules/{name}' for name in files)}"
        if told.kept:
            yield f"旧的在 {told.kept}"
        yield "正在运行的 serve 几秒内自己用上，不用重启"


def _few(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 条" if len(names) > _FEW else ""
    return "、".join(names[:_FEW]) + more
