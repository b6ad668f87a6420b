"""The verbs about customer groups: `archive import`, `proposals`, `groups replies`."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed

archive_app = typer.Typer(help="会话存档：把客户群里说的话交给店小二。")
groups_app = typer.Typer(help="客户群：给后台自动回复用的表。")


@archive_app.command("import")
def import_archive(
    file: Annotated[Path, typer.Argument(help="解密后的存档消息，一行一个 JSON")],
    home: HomeOption = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="读完接着等新的行，Ctrl-C 结束；要有服务在运行")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """读入存档消息：只留群池里顾客说的文字，其余只数个数；可以重复导入。"""
    from commands.groups import feed

    asked = feed.Asked(file=file, follow=follow, as_json=as_json)
    return feed.run(needed(home), asked)


def proposals(
    home: HomeOption = None,
    still_open: Annotated[bool, typer.Option("--open", help="只看还等着群主发的")] = False,
    limit: Annotated[int, typer.Option(help="最多列几条", min=1, max=10_000)] = 50,
    as_json: JsonOption = False,
) -> int:
    """提给群主的话：群里谁问了什么、该怎么回、群主发了没有。"""
    from commands.groups import waiting

    return waiting.run(needed(home), still_open=still_open, limit=limit, as_json=as_json)


@groups_app.command("replies")
def group_replies(
    home: HomeOption = None,
    pool: Annotated[str, typer.Option(help="只要这个群池")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="写成 CSV（表格软件能打开）")] = None,
    as_json: JsonOption = False,
) -> int:
    """企业微信后台「自动回复」照着填的表：平台没有接口，只能人工填；填不了的说明为什么。"""
    from commands.groups import replies

    return replies.run(needed(home), pool=pool, out=out and out.resolve(), as_json=as_json)
