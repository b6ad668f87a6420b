"""The verbs of the database: `db migrate`, `status`, `backup`, `restore` and what follows it."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed

db_app = typer.Typer(help="数据库：升级、状态、备份、恢复。")


@db_app.command("migrate")
def migrate(home: HomeOption = None) -> int:
    """把数据库升级到这个版本；可重复执行。"""
    from commands import database as verb

    return verb.migrate(needed(home))


@db_app.command("status")
def status(home: HomeOption = None, as_json: JsonOption = False) -> int:
    """数据库的结构版本、大小与各表行数。"""
    from commands import database as verb

    return verb.status(needed(home), as_json=as_json)


@db_app.command("backup")
def backup(
    home: HomeOption = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="写到这个文件；不写就放在家目录的 backups/")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """备份数据库到一个文件，服务可以照常运行；instance.key 不在里面，要另外保管。"""
    from commands import backup as verb

    return verb.run(needed(home), to=to and to.resolve(), as_json=as_json)


@db_app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="db backup 写的文件")],
    home: HomeOption = None,
    force: Annotated[bool, typer.Option("--force", help="原来的数据改名留着，换成备份")] = False,
) -> int:
    """从备份恢复到空的数据库；之后全部发送暂停，直到 db confirm-gap。"""
    from commands import restore as verb

    return verb.run(needed(home), file.resolve(), force=force)


@db_app.command("confirm-gap")
def confirm_gap(
    home: HomeOption = None,
    as_of: Annotated[
        str, typer.Option(help="旧进程停下的时间，如 2026-03-02T08:00；不写就是恢复的时间")
    ] = "",
) -> int:
    """恢复备份之后：确认从备份到旧进程停下的空档，处理可能已发生的事，恢复发送并开始对账。"""
    from commands import confirm_gap as verb

    return verb.run(needed(home), as_of=as_of)


@db_app.command("held-codes")
def held_codes(
    home: HomeOption = None,
    to: Annotated[Path | None, typer.Option("--to", help="把扣着的券码写进这个 CSV")] = None,
    release: Annotated[
        Path | None, typer.Option("--release", help="把这个 CSV 里的券码放回货架")
    ] = None,
) -> int:
    """恢复备份之后扣着的导入券码：列出，核对后放回货架。"""
    from commands import held_codes as verb

    return verb.run(needed(home), to=to, release=release)
