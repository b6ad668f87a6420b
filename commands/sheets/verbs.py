"""The verb `rules export`: the rules as a sheet that operators edit."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed


def rules_export(
    file: Annotated[Path, typer.Argument(help="写到这个文件：.xlsx 或 .csv")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """把规则导成表格：一行一条，改好用 rules import 导回来；放不进一行的另列，说明为什么。"""
    from commands.sheets import exporting

    return exporting.run(needed(home), file.resolve(), as_json=as_json)
