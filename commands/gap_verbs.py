"""The verbs for what no rule knew: `rules gaps` lists it, `rules add` makes a rule of it."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed


def rules_gaps(
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(help="最多列几组")] = 50,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="全部写成这个表格文件", show_default=False)
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(help="不用答的：这一组以后不再列，可重复")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """没有规则接住的话，意思相同的算一组，按次数排序；每组带着补一条规则的命令。"""
    from commands.gaps import verb

    asked = verb.Asked(limit=limit, csv=csv, ignore=tuple(ignore or ()), as_json=as_json)
    return verb.run(needed(home), asked)


def rules_add(
    home: HomeOption = None,
    gap: Annotated[str, typer.Option(help="rules gaps 里的组号；不给就要 --words")] = "",
    reply: Annotated[str, typer.Option(help="怎么回")] = "",
    words: Annotated[
        str, typer.Option(help="关键词，用顿号、逗号或空格分开；不给就从这一组里取")
    ] = "",
    mode: Annotated[
        str, typer.Option(help="contains、equals、prefix、suffix、word 或 sound")
    ] = "contains",
    name: Annotated[str, typer.Option("--id", help="规则的 id；不给就用组号起一个")] = "",
    campaign: Annotated[str, typer.Option(help="还发这个活动的券")] = "",
    pool: Annotated[str, typer.Option(help="还邀请进这个群池的群")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="还打这个标签，可重复")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会写什么，不写")] = False,
) -> int:
    """补一条规则：关键词取自没接住的话，那些话就是例句；答不到就不写，并说被谁抢先。"""
    from commands.gaps import adding

    asked = adding.Asked(
        gap=gap, reply=reply, words=words, mode=mode, name=name, campaign=campaign, pool=pool,
        tags=tuple(tag or ()), dry_run=dry_run,
    )  # fmt: skip
    return adding.run(needed(home), asked)
