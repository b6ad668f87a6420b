"""`twin play`: plays a world's scripts with the twin, against any bot."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import JsonOption

_ROOT = Path(__file__).resolve().parents[2]
_BOOK = Path("twin-book.jsonl")
_INTERRUPTED = 130


WorldOption = Annotated[str, typer.Option("--world", help="世界：自带的名字，或一个 YAML 文件")]
ScriptOption = Annotated[
    str,
    typer.Option(
        "--script",
        help="剧本：世界里的名字，或一个 YAML 文件；不给就按次序全部演一遍",
        show_default=False,
    ),
]
BotOption = Annotated[
    str,
    typer.Option(
        "--bot",
        help="机器人的地址：回调绑到它下面各账号的 path，不做验证；等它应答了才开演",
        show_default=False,
    ),
]
TwinOption = Annotated[
    str,
    typer.Option(
        "--twin",
        help="已在运行的平台仿真的控制地址：就用它的世界和绑好的回调",
        show_default=False,
    ),
]
BookOption = Annotated[Path, typer.Option("--book", help="账本文件，每行一个 JSON，往后追加")]
PortsOption = Annotated[
    str, typer.Option("--ports", help="公众号、企业微信、控制 三个端口，0 由系统选")
]
PatienceOption = Annotated[float, typer.Option("--patience", help="最多等机器人多少秒")]


def play(
    world: WorldOption = "yidian",
    script: ScriptOption = "",
    bot: BotOption = "",
    twin: TwinOption = "",
    book: BookOption = _BOOK,
    ports: PortsOption = "0,0,0",
    patience: PatienceOption = 30.0,
    as_json: JsonOption = False,
) -> int:
    """演一个世界的剧本，逐步核对，停在第一个不符的期待：退出码 0 全部通过，1 没通过，3 连不上。

    机器人可以是任何程序。剧本怎么写见 docs/how-to/worlds.md。
    """
    given = {
        "--world": _whole(world),
        "--script": _whole(script),
        "--bot": bot,
        "--twin": twin,
        "--book": str(book.resolve()),
        "--ports": ports,
        "--patience": str(patience),
    }
    arguments = [part for pair in given.items() if pair[1] for part in pair]
    asked = [sys.executable, "-m", "twin.scripts", *arguments, *(["--json"] if as_json else [])]
    try:
        return subprocess.run(asked, cwd=_ROOT, check=False).returncode
    except KeyboardInterrupt:
        return _INTERRUPTED


def _whole(name: str) -> str:
    """Return a file by its whole path, for the twin starts elsewhere; a bare name as it is."""
    return str(Path(name).resolve()) if name and Path(name).is_file() else name
