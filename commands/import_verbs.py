"""The verb `rules import`: from a file of another program, a spreadsheet, or a console."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed
from commands.parts.problems import USAGE, stop

FileArgument = Annotated[
    Path | None,
    typer.Argument(
        help="别处的规则：JSON、YAML、一行一对（后台自动回复、关键词表…），或表格 .xlsx .csv"
    ),
]
AccountOption = Annotated[
    str, typer.Option("--account", "--from-account", help="从这个公众号后台的自动回复导入")
]
NameOption = Annotated[str, typer.Option("--as", help="给这批规则起个名字；不给就用文件名")]
PriorityOption = Annotated[
    int, typer.Option(help="JSON 来的规则的优先级；样例里 100 起是投诉、不适、退订")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="只看会写什么，不写")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="表格：导出以后文件里也改过的规则，以表格为准")
]
DeleteOption = Annotated[
    bool, typer.Option("--delete-missing", help="表格：表里删掉的行，规则也删掉")
]
_SHEETS = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".tsv")


def rules_import(
    file: FileArgument = None,
    account: AccountOption = "",
    home: HomeOption = None,
    name: NameOption = "",
    priority: PriorityOption = 99,
    dry_run: DryRunOption = False,
    force: ForceOption = False,
    delete_missing: DeleteOption = False,
    as_json: JsonOption = False,
) -> int:
    """把别处的规则变成家里的规则，各自带例句：文件看内容认写法；已经导入过就不覆盖。"""
    if bool(file) == bool(account):
        stop("导入什么：写一个文件，或 --account 公众号（两个只写一个）", USAGE)
    if file is None:
        from commands.console import importing as of_console

        return of_console.run(needed(home), account, dry_run=dry_run)
    if file.suffix.lower() in _SHEETS:
        from commands.sheets import importing as of_sheets
        from commands.sheets.reading import OtherTable

        try:
            return of_sheets.run(
                needed(home), file, dry_run=dry_run, force=force, delete_missing=delete_missing,
                as_json=as_json,
            )  # fmt: skip
        except OtherTable as other:
            rows = other.rows
    else:
        rows = None
    if force or delete_missing or as_json:
        stop("--force、--delete-missing、--json 只用于 rules export 导出的表格", USAGE)
    from commands.importing import verb

    asked = verb.Asked(file=file, name=name, priority=priority, dry_run=dry_run)
    return verb.run(needed(home), asked, rows)
