"""The command line: one verb a command; what each does lives in its own file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands import (
    account_verbs,
    gap_verbs,
    home_verbs,
    import_verbs,
    order_verbs,
    pause_verbs,
    rule_verbs,
    till_verbs,
)
from commands.db_verbs import db_app
from commands.groups import verbs as group_verbs
from commands.links.verbs import links_app
from commands.mass.verbs import mass_app
from commands.member.verbs import member_app
from commands.parts.ends import hold_ends, not_done
from commands.parts.options import HomeOption, JsonOption, given, needed
from commands.parts.problems import USAGE, Stop
from commands.parts.usage import check_readable, explained
from commands.reload.verbs import rules_status
from commands.sheets.verbs import rules_export
from commands.twin.verbs import twin_app

app = typer.Typer(
    name="xiaoer",
    help="店小二：接企业微信、公众号的回调，按规则欢迎、发券、邀请进群、打标签。",
    add_completion=False,
    pretty_exceptions_enable=False,
)
rules_app = typer.Typer(help="规则：没接住的话、多半不是本意的地方、从后台导入。")
FIRST, DAILY, TOOLS = "先试这四个", "开店与排查", "规则、数据库与工具"
app.add_typer(rules_app, name="rules", rich_help_panel=TOOLS)
app.add_typer(home_verbs.stores_app, name="stores", rich_help_panel=DAILY)
app.add_typer(home_verbs.staff_app, name="staff", rich_help_panel=DAILY)
app.add_typer(home_verbs.codes_app, name="codes", rich_help_panel=DAILY)
app.add_typer(links_app, name="links", rich_help_panel=DAILY)
app.add_typer(order_verbs.orders_app, name="orders", rich_help_panel=DAILY)
app.add_typer(till_verbs.till_app, name="till", rich_help_panel=DAILY)
app.add_typer(member_app, name="member", rich_help_panel=DAILY)
app.add_typer(group_verbs.groups_app, name="groups", rich_help_panel=DAILY)
app.add_typer(mass_app, name="mass", rich_help_panel=DAILY)
app.add_typer(group_verbs.archive_app, name="archive", rich_help_panel=DAILY)
app.add_typer(account_verbs.menu_app, name="menu", rich_help_panel=DAILY)
app.add_typer(db_app, name="db", rich_help_panel=TOOLS)
app.add_typer(twin_app, name="twin", rich_help_panel=TOOLS)


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 fine, 1 findings, 2 usage, 3 unreachable."""
    hold_ends()
    try:
        code = _run(argv)
        sys.stdout.flush()
        return code
    except OSError as trouble:
        return not_done(trouble)


def _run(argv: list[str] | None) -> int:
    try:
        check_readable(sys.argv[1:] if argv is None else argv)
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
            complaint = getattr(trouble, "format_message", trouble.__str__)()
            print(f"用法不对：{explained(complaint)}（加 --help 看说明）", file=sys.stderr)
            return USAGE
        raise
    return int(outcome or 0)


@home_verbs.stores_app.callback(invoke_without_command=True)
@home_verbs.staff_app.callback(invoke_without_command=True)
@home_verbs.codes_app.callback(invoke_without_command=True)
@links_app.callback(invoke_without_command=True)
@till_verbs.till_app.callback(invoke_without_command=True)
@order_verbs.orders_app.callback(invoke_without_command=True)
@member_app.callback(invoke_without_command=True)
@group_verbs.groups_app.callback(invoke_without_command=True)
@mass_app.callback(invoke_without_command=True)
@group_verbs.archive_app.callback(invoke_without_command=True)
@account_verbs.menu_app.callback(invoke_without_command=True)
@db_app.callback(invoke_without_command=True)
@rules_app.callback(invoke_without_command=True)
@app.callback(invoke_without_command=True)
def bare(context: typer.Context) -> None:
    """Show what there is to somebody who names no command; that is no mistake."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command(rich_help_panel=FIRST)
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="演完就退出；不加时在终端里演完继续服务")
    ] = False,
    as_json: JsonOption = False,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="把家目录留在这里（要新的或空的目录）")
    ] = None,
    sabotage: Annotated[
        str, typer.Option("--sabotage", help="在中间放一个说谎的代理：drop、double 或 ghost")
    ] = "",
    kills: Annotated[int, typer.Option("--kills", help="中途强杀服务的次数")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="随机种子，定下谁被打乱、何时强杀")] = 7,
    world: Annotated[
        str,
        typer.Option("--world", help="yidian，或 no-unionid：谁也没有 unionid，靠进群口令认人"),
    ] = "yidian",
    explain: Annotated[
        bool, typer.Option("--explain", help="在末行之前列出六笔总账 A1 到 A6，各带数字")
    ] = False,
) -> int:
    """演一遍门店的一天：全在本机，不需要账号；末行是对账的结果。"""
    from commands import demo as verb

    wanted = verb.Wanted(
        once=once,
        as_json=as_json,
        keep=keep and keep.resolve(),
        sabotage=sabotage,
        kills=kills,
        seed=seed,
        world=world,
        explain=explain,
    )
    return verb.run(wanted)


@app.command(rich_help_panel=FIRST)
def check(
    home: HomeOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="有要留意的也算不通过")] = False,
    as_json: JsonOption = False,
) -> int:
    """检查设置、内容、规则与数据库结构，一次列出所有问题；不联网。不给 --home 就检查样例。"""
    from commands import check as verb

    return verb.run(given(home), as_json=as_json, strict=strict)


app.command("try", rich_help_panel=FIRST)(rule_verbs.try_)
app.command(rich_help_panel=FIRST)(home_verbs.init)
app.command(rich_help_panel=DAILY)(account_verbs.doctor)


@app.command(rich_help_panel=DAILY)
def serve(
    home: HomeOption = None,
    processes: Annotated[
        int, typer.Option("--processes", help="进程数；多于 1 个需要 PostgreSQL，最好也有 Redis")
    ] = 1,
) -> int:
    """启动服务：收回调、做决定、发消息，一个进程全包；也可以开几个进程。"""
    if processes != 1:
        from commands.serving import parent

        return parent.run(needed(home), processes)
    from commands.reload.spawning import spawned_ahead
    from commands.serving.already import refuse_second

    refuse_second(needed(home))
    with spawned_ahead(needed(home)) as maker:  # it begins while the server is imported
        from commands import serve as verb

        return verb.run(needed(home), maker=maker)


@app.command(rich_help_panel=DAILY)
def work(home: HomeOption = None) -> int:
    """只干活不收回调：把欠着的决定和动作做完（SQLite 上不能与 serve 同时运行）。"""
    from commands.reload.spawning import spawned_ahead
    from commands.serving.already import refuse_second

    refuse_second(needed(home))
    with spawned_ahead(needed(home)) as maker:
        from commands import serve as verb

        return verb.run(needed(home), listening=False, maker=maker)


@app.command(rich_help_panel=DAILY)
def why(
    what: Annotated[
        str,
        typer.Argument(
            help="会员号、事件号、券码，或任一身份：openid、external_userid、unionid、名字"
        ),
    ],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """讲清一个会员或一个事件的来龙去脉：为什么命中、做了什么、结果如何。"""
    from commands import why as verb

    return verb.run(what, needed(home), as_json=as_json)


app.command(rich_help_panel=DAILY)(group_verbs.proposals)


@app.command(rich_help_panel=TOOLS)
def decode(
    platform: Annotated[str, typer.Option(help="平台：oa、wecom、kf 或 aibot")],
    lines: Annotated[bool, typer.Option("--lines", help='每行一个 JSON：{"payload": …}')] = False,
) -> int:
    """把标准输入的一个回调（密文或明文）解成事件，输出 JSON。"""
    from commands import decode as verb

    return verb.run(platform, lines, sys.stdin, sys.stdout)


@app.command(rich_help_panel=DAILY)
def ledger(
    home: HomeOption = None,
    resolve: Annotated[
        str,
        typer.Option(help="确认结果未知的：编号，如 12,15-19，或 all（全部）", show_default=False),
    ] = "",
    verdict: Annotated[
        str, typer.Option("--as", help="确认为 done（做了）、retry（再发）或 give_up（不发了）")
    ] = "",
    requeue: Annotated[
        str, typer.Option(help="重新处理隔离的事件：事件号，或 all（全部）", show_default=False)
    ] = "",
    as_json: JsonOption = False,
) -> int:
    """账本：还欠着什么、结果未知的、被隔离的；确认未知项，修好后重新处理隔离的。"""
    from commands import ledger as verb

    asked = needed(home)
    return verb.run(asked, resolve=resolve, verdict=verdict, requeue=requeue, as_json=as_json)


app.command(rich_help_panel=DAILY)(account_verbs.reconcile)
app.command(rich_help_panel=DAILY)(pause_verbs.pause)
app.command(rich_help_panel=DAILY)(pause_verbs.resume)


rules_app.command("gaps")(gap_verbs.rules_gaps)
rules_app.command("add")(gap_verbs.rules_add)


@rules_app.command("lint")
def rules_lint(home: HomeOption = None, as_json: JsonOption = False) -> int:
    """规则里多半不是本意的地方：被挡住的、重叠的、没有例句的、太长的。不给 --home 就查样例。"""
    from commands import lint as verb

    return verb.run(given(home), as_json=as_json)


rules_app.command("replay")(rule_verbs.replay)
rules_app.command("import")(import_verbs.rules_import)
rules_app.command("export")(rules_export)
rules_app.command("status")(rules_status)


@app.command(rich_help_panel=TOOLS)
def worlds(
    names: Annotated[
        list[str] | None, typer.Argument(help="世界，自带的名字或 YAML 文件；不给就是全部自带的")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="把各世界的家目录留在这里（要新的或空的目录）")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """演平台仿真各世界的剧本，每个世界一行：走了几步、账本怎么说；有不符就退出码 1。"""
    from commands import worlds as verb

    return verb.run(tuple(names or ()), keep=keep and keep.resolve(), as_json=as_json)


@app.command(rich_help_panel=TOOLS)
def version(as_json: JsonOption = False) -> int:
    """程序、Python 与数据库结构的版本。"""
    from commands import version as verb

    return verb.run(as_json=as_json)
