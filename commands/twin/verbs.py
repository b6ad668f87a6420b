"""How `twin` is called; verbs that use a twin hang below it."""

from pathlib import Path
from typing import Annotated

import typer

from commands.twin.playing import play

twin_app = typer.Typer()
twin_app.command("play")(play)

WorldOption = Annotated[
    str,
    typer.Option(
        "--world", help="世界：自带的名字，或一个 YAML 文件（写法见 docs/reference/twin.md）"
    ),
]
TwinHomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="顺便写好一个接着它的家目录，给另一个终端的 serve 用；要新的、空的，"
        "或上次由它写的目录",
        show_default=False,
    ),
]
BookOption = Annotated[
    Path | None,
    typer.Option(
        "--book",
        help="账本文件，每行一个 JSON，往后追加；默认是当前目录（有 --home 时是家目录）的"
        " twin-book.jsonl",
        show_default=False,
    ),
]
PortsOption = Annotated[
    str,
    typer.Option(
        "--ports",
        help="三个端口：公众号、企业微信、控制，如 8001,8002,8003。"
        "0 由系统选，默认都是 0；家目录会记住上次的",
        show_default=False,
    ),
]
HostOption = Annotated[
    str,
    typer.Option("--host", help="监听的地址，默认只有本机；不设密码，勿对外", show_default=False),
]
BotUrlOption = Annotated[
    str,
    typer.Option(
        "--bot-url",
        help="机器人的地址：所有回调直接绑到它下面各账号的 path，不做验证；不能与 --home 同用",
        show_default=False,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="改账号的一项，写成 账号.项=值，如 oa-main.mode=plain；可重复",
        show_default=False,
    ),
]


@twin_app.callback(invoke_without_command=True)
def twin(
    context: typer.Context,
    world: WorldOption = "yidian",
    home: TwinHomeOption = None,
    book: BookOption = None,
    ports: PortsOption = "",
    host: HostOption = "",
    bot_url: BotUrlOption = "",
    changes: SetOption = None,
) -> int:
    """单独启动平台仿真（twin）：公众号、企业微信、微信客服都在本机，任何机器人都可以接上来练手。

    起来后在标准输出写一行 JSON（各地址）；加 --home 就改为用中文说下一步，并自己绑好回调。
    密钥、地址在 GET /twin/wiring；怎么绑、怎么扮演顾客，见 docs/how-to/twin.md。Ctrl-C 结束。
    """
    if context.invoked_subcommand is not None:
        return 0
    from commands.twin import starting

    asked = starting.Asked(
        world=world,
        home=home and home.resolve(),
        book=book and book.resolve(),
        ports=ports,
        host=host,
        bot_url=bot_url,
        changes=tuple(changes or ()),
    )
    return starting.run(asked)
