"""The verbs `pause` and `resume`."""

from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed


def pause(
    what: Annotated[str, typer.Argument(help="暂停什么：all-sending；list 列出现在暂停着什么")],
    home: HomeOption = None,
    reason: Annotated[str, typer.Option(help="为什么，写进账本和回执")] = "",
    as_json: JsonOption = False,
) -> int:
    """暂停：全部发送两秒内停下，回调照收、照做决定；list 列出现在暂停着什么。"""
    from commands import pause as verb

    if what == verb.LIST:
        return verb.show(needed(home), as_json=as_json)
    return verb.pause(needed(home), what, reason)


def resume(
    what: Annotated[str, typer.Argument(help="恢复什么：all-sending")], home: HomeOption = None
) -> int:
    """恢复被暂停的；数据库恢复自备份时，先要 db confirm-gap。"""
    from commands import pause as verb

    return verb.resume(needed(home), what)
