"""The verbs of members: `member show`, `merges`, `unmerge`, `import`, `export`, `erase`."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed

member_app = typer.Typer(help="会员：是谁、和谁合并过、撤销合并、导入身份、导出与抹除。")


@member_app.command("show")
def show(
    who: Annotated[
        str, typer.Argument(help="会员号、券码、手机号，或任一身份：openid、external_userid…")
    ],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """一位会员现在的样子：身份（打码）、阶段、标签、券、订单、合并记录。"""
    from commands.member import show as verb

    return verb.run(who, needed(home), as_json=as_json)


@member_app.command("merges")
def merges(
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(min=1, help="最多列几条，从最近的数起")] = 50,
    as_json: JsonOption = False,
) -> int:
    """谁和谁被当成同一个人：凭什么、什么时候、有没有撤销。"""
    from commands.member import merges as verb

    return verb.run(needed(home), limit=limit, as_json=as_json)


@member_app.command("unmerge")
def unmerge(
    number: Annotated[int, typer.Argument(min=1, help="合并的编号，看 member merges")],
    by: Annotated[str, typer.Option("--by", help="谁撤销的，留在记录里")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """撤销一次合并：各自的东西回到各自，之后不再自动合并这两个人。"""
    from commands.member import unmerge as verb

    return verb.run(number, by, needed(home), as_json=as_json)


@member_app.command("import")
def import_names(
    file: Annotated[Path, typer.Argument(help="CSV 文件，UTF-8、GB18030 或 UTF-16，一行一个人")],
    home: HomeOption = None,
    source: Annotated[str, typer.Option(help="以哪个 sources 的名义；不给就是运营自己")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="撤销过合并的也照样合并：已经查实是同一个人")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，什么都不写")] = False,
    as_json: JsonOption = False,
) -> int:
    """导入查实过的身份：openid、external_userid、unionid、mp_openid、phone、card，同一行是一个人。"""
    from commands.member import taking as verb

    asked = verb.Asked(
        file=file,
        source=source,
        again=again,
        dry_run=dry_run,
        as_json=as_json,
    )
    return verb.run(needed(home), asked)


@member_app.command("export")
def export(
    who: Annotated[str, typer.Argument(help="会员号、券码、手机号，或任一身份")],
    home: HomeOption = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="写进这个文件（0600）；不给就打印")
    ] = None,
) -> int:
    """导出我们留着的、关于一个人的全部：一份 JSON，可以交给本人；不含别人。"""
    from commands.member import export as verb

    return verb.run(who, needed(home), to)


@member_app.command("erase")
def erase(
    who: Annotated[str, typer.Argument(help="会员号、券码、手机号，或任一身份")],
    home: HomeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="真的抹除；不加只列出会没有什么")] = False,
    reason: Annotated[str, typer.Option("--reason", help="为什么，留在记录里；别写姓名电话")] = "",
    by: Annotated[str, typer.Option("--by", help="谁抹除的，留在记录里")] = "",
    as_json: JsonOption = False,
) -> int:
    """抹除一个人：身份与内容从每张表消失，账目仍平。不可撤销；不加 --yes 只列清单。"""
    from commands.member import erase as verb

    asked = verb.Asked(who=who, yes=yes, reason=reason, by=by, as_json=as_json)
    return verb.run(needed(home), asked)
