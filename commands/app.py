"""The command line: one verb a command; what each does lives in its own file."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.parts.problems import USAGE, Stop

app = typer.Typer(
    name="xiaoer",
    help="店小二：接企业微信、公众号的回调，按规则欢迎、发券、邀请进群、打标签。先试：demo、check、try。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
rules_app = typer.Typer(help="规则：检查、没接住的话。", no_args_is_help=True)
db_app = typer.Typer(help="数据库：升级、状态。", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
app.add_typer(db_app, name="db")

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="家目录（也可用环境变量 XIAOER_HOME）", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 fine, 1 findings, 2 usage, 3 unreachable."""
    try:
        outcome = app(args=argv, standalone_mode=False)
    except Stop as stopped:
        print(stopped.text, file=sys.stderr)
        return stopped.code
    except typer.Exit as left:
        return left.exit_code
    except typer.Abort:
        return USAGE
    except Exception as trouble:
        if type(trouble).__module__.startswith(("click", "typer")):
            print(
                f"用法不对：{getattr(trouble, 'message', trouble)}（加 --help 看说明）",
                file=sys.stderr,
            )
            return USAGE
        raise
    return int(outcome or 0)


def _given(home: Path | None) -> Path | None:
    named = home or (Path(os.environ["XIAOER_HOME"]) if os.environ.get("XIAOER_HOME") else None)
    return named.resolve() if named else None


def _needed(home: Path | None) -> Path:
    found = _given(home)
    if found is None:
        raise Stop("要指明家目录：加 --home DIR，或设环境变量 XIAOER_HOME", USAGE)
    return found


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="演完就退出，不留着服务")] = False,
    as_json: JsonOption = False,
    keep: Annotated[Path | None, typer.Option("--keep", help="保留家目录到这里")] = None,
    sabotage: Annotated[
        str, typer.Option("--sabotage", help="在中间放一个说谎的代理：drop、double 或 ghost")
    ] = "",
    kills: Annotated[int, typer.Option("--kills", help="中途强杀服务的次数")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 7,
) -> int:
    """演一遍门店的一天：服务 + 平台仿真 + 样例，不需要账号；末行是账本核对的结果。"""
    from commands import demo as verb

    return verb.run(
        once=once, as_json=as_json, keep=_given(keep), sabotage=sabotage, kills=kills, seed=seed
    )


@app.command()
def serve(home: HomeOption = None) -> int:
    """启动服务：收回调、做决定、发消息，一个进程全包。"""
    from commands import serve as verb

    return verb.run(_needed(home))


@app.command()
def work(home: HomeOption = None) -> int:
    """只干活不收回调：把欠着的决定和动作做完（SQLite 上不能与 serve 同时运行）。"""
    from commands import serve as verb

    return verb.run(_needed(home), listening=False)


@app.command()
def check(home: HomeOption = None, as_json: JsonOption = False) -> int:
    """检查设置、内容、规则与数据库结构，一次列出所有问题；不联网。不给 --home 就检查样例。"""
    from commands import check as verb

    return verb.run(_given(home), as_json=as_json)


@app.command("try")
def try_(
    text: Annotated[str, typer.Argument(help="顾客说的话")] = "",
    home: HomeOption = None,
    store: Annotated[str, typer.Option(help="门店，如 S012")] = "",
    channel: Annotated[str, typer.Option(help="渠道：oa、wecom、kf")] = "oa",
    on: Annotated[str, typer.Option(help="场合：text、follow、scan、menu、contact…")] = "text",
    key: Annotated[str, typer.Option(help="活码的 scene/state，或菜单 key")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="顾客已有的标签，可重复")] = None,
    stage: Annotated[str, typer.Option(help="顾客阶段")] = "visitor",
    as_json: JsonOption = False,
) -> int:
    """试一句话：哪条规则会命中，别的为什么没命中。不给 --home 就用样例。"""
    from commands import try_ as verb

    return verb.run(
        text, home=_given(home), store=store, channel=channel, on=on, key=key,
        tags=frozenset(tag or ()), stage=stage, as_json=as_json,
    )  # fmt: skip


@app.command()
def why(
    what: Annotated[
        str, typer.Argument(help="会员、事件号，或会员的任一身份（openid、external_userid、名字）")
    ],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """讲清一个会员或一个事件的来龙去脉：发生了什么、命中哪条规则、做了什么、结果如何。"""
    from commands import why as verb

    return verb.run(what, _needed(home), as_json=as_json)


@app.command()
def decode(
    platform: Annotated[str, typer.Option(help="oa、wecom、kf 或 aibot")],
    lines: Annotated[bool, typer.Option("--lines", help='每行一个 JSON：{"payload": …}')] = False,
) -> int:
    """把标准输入的一个回调（密文或明文）解成事件，输出 JSON。"""
    from commands import decode as verb

    return verb.run(platform, lines, sys.stdin, sys.stdout)


@app.command()
def ledger(
    home: HomeOption = None,
    resolve: Annotated[str, typer.Option(help="要确认的动作编号")] = "",
    verdict: Annotated[str, typer.Option("--as", help="确认为 done、retry 或 give_up")] = "",
    as_json: JsonOption = False,
) -> int:
    """账本：还欠着什么、结果未知的、被隔离的；并逐条确认未知项。"""
    from commands import ledger as verb

    return verb.run(_needed(home), resolve=resolve, verdict=verdict, as_json=as_json)


@rules_app.command("gaps")
def rules_gaps(
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(help="最多列几条")] = 50,
    as_json: JsonOption = False,
) -> int:
    """没有规则接住的话，按次数排序：每周照着补规则。"""
    from commands import gaps

    return gaps.run(_needed(home), limit=limit, as_json=as_json)


@rules_app.command("lint")
def rules_lint(home: HomeOption = None, as_json: JsonOption = False) -> int:
    """规则里多半不是本意的地方：被挡住的、重叠的、没有例句的、太长的。不给 --home 就查样例。"""
    from commands import lint as verb

    return verb.run(_given(home), as_json=as_json)


@db_app.command("migrate")
def db_migrate(home: HomeOption = None) -> int:
    """把数据库升级到这个版本；可重复执行。"""
    from commands import database

    return database.migrate(_needed(home))


@db_app.command("status")
def db_status(home: HomeOption = None, as_json: JsonOption = False) -> int:
    """数据库的结构版本、大小与各表行数。"""
    from commands import database

    return database.status(_needed(home), as_json=as_json)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def twin(context: typer.Context) -> int:
    """单独启动平台仿真（twin），任何机器人都可以拿它练手；参数见 docs/reference/twin.md。"""
    from commands import twin as verb

    return verb.run(list(context.args))


@app.command()
def version(as_json: JsonOption = False) -> int:
    """版本。"""
    from commands import version as verb

    return verb.run(as_json=as_json)
