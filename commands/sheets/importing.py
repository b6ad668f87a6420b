"""`rules import FILE.xlsx|FILE.csv`: what operators changed in the sheet, into the rule files."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from commands.parts.compose import open_home, rules_folder
from commands.parts.problems import FINDINGS, FINE, stop
from commands.sheets.names import names_of
from commands.sheets.plan import planned
from commands.sheets.progress import say, uncollected
from commands.sheets.reading import read_sheet
from commands.sheets.shelf import Shelf, read_shelf
from commands.sheets.telling import Told, tell
from commands.sheets.trial import tried
from config.whole import write_whole


@uncollected()
def run(
    home: Path,
    file: Path,
    *,
    dry_run: bool = False,
    force: bool = False,
    delete_missing: bool = False,
    as_json: bool = False,
) -> int:
    """Put what was changed in a sheet into the rule files, and tell every row that is wrong.

    A row that was not changed changes nothing; a changed one changes its rule and nothing else in
    the file; one without an id makes a rule in `sheet.yaml`. Wrong rows are left as they were.
    The loader judges copies first; files are written whole, the old ones kept in `before/`.
    Returns 0 when all was applied, 1 when rows were wrong. Repeating is safe. Stops when the file
    is no sheet of rules, and when a rule file changes meanwhile.
    """
    say(as_json, f"读 {file}…")
    sheet = read_sheet(file)
    read = open_home(home, with_rules=False)
    folder = rules_folder(home)
    say(as_json, f"{len(sheet.rows)} 行；读 {folder}…")
    shelf = read_shelf(read.rules)
    names = names_of(read.content, shelf.rules)
    plan = planned(sheet, shelf, names, force=force, delete=delete_missing)
    say(as_json, f"要改 {len(plan.changes)} 条；先在副本上试…")
    result = tried(plan.changes, shelf, read.rules, sheet.places)
    kept = "" if dry_run else _write(home, folder, result.texts, shelf)
    told = Told(file=file, plan=plan, tried=result, left=shelf.left, kept=kept, dry_run=dry_run)
    tell(told, as_json=as_json)
    return FINDINGS if told.errors else FINE


def _write(home: Path, folder: Path, texts: Mapping[str, str], shelf: Shelf) -> str:
    """Write the files; return where the old ones are kept, "" when there were none."""
    from commands.doctor.before import FOLDER

    changed = {name: text for name, text in texts.items() if text != shelf.texts.get(name)}
    _refuse_stale(folder, changed, shelf)
    kept = f"{FOLDER}/rules-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    old = {name: shelf.texts[name] for name in changed if name in shelf.texts}
    try:
        for name, text in old.items():
            write_whole(home / kept / name, text.encode())
        for name, text in changed.items():
            write_whole(folder / name, text.encode())
    except OSError as trouble:
        stop(
            f"{trouble.filename or home} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间；"
            f"写过的文件，旧的在 {home / kept}。改好再导入一次"
        )
    return kept if old else ""


def _refuse_stale(folder: Path, changed: Mapping[str, str], shelf: Shelf) -> None:
    for name in changed:
        path = folder / name
        now = path.read_bytes().decode() if path.exists() else None
        if now != shelf.texts.get(name):
            stop(f"{path} 刚刚被别人改了，什么都没有写：再导入一次")
