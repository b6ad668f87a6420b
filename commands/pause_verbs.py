"""The verbs `pause` and `resume`."""

from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed


def pause(
    what: Annotated[
        str,
        typer.Argument(
            help="暂停什么：all-sending，或 rule:ID campaign:ID pool:ID persona:ID；"
            "list 列出现在暂停着什么"
        ),
    ],
    which: Annotated[str, typer.Argument(help="编号，也可以分开写：pause rule ID")] = "",
    home: HomeOption = None,
    reason: Annotated[str, typer.Option(help="为什么，写进账本和回执")] = "",
    as_json: JsonOption = False,
) -> int:
    """暂停：两秒内在每个进程生效，不管文件怎么写，重启也不恢复；list 列出现在暂停着什么。"""
    from commands import pause as verb

    if what == verb.LIST:
        return verb.show(needed(home), as_json=as_json)
    return verb.pause(needed(home), verb.name_of(what, which), reason)


def resume(
    what: Annotated[str, typer.Argument(help="恢复什么：写法与 pause 相同")],
    which: Annotated[str, typer.Argument(help="编号，也可以分开写：resume rule ID")] = "",
    home: HomeOption = None,
) -> int:
    """恢复被暂停的；数据库恢复自备份时，先要 db confirm-gap。"""
    from commands import pause as verb

    return verb.resume(needed(home), verb.name_of(what, which))
