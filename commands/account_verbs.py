"""The verbs that talk to an account's platform: `doctor`, `reconcile`, `menu …`."""

from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed

menu_app = typer.Typer(help="公众号菜单：看、推、存。")

AccountOption = Annotated[str, typer.Option("--account", help="账号；只有一个公众号时可以不写")]


def doctor(
    home: HomeOption = None,
    account: Annotated[str, typer.Option(help="只看这个账号")] = "",
    wait: Annotated[
        float, typer.Option(min=0, max=3600, help="再等这么多秒，看平台来不来：点保存，或发条消息")
    ] = 0,
    as_json: JsonOption = False,
) -> int:
    """接平台的第一个小时：逐项查设置、时钟、密钥、回调、权限，说清哪里不对、下一步做什么。"""
    from commands.doctor import verb

    asked = verb.Asked(account=account, wait_s=wait, as_json=as_json)
    return verb.run(needed(home), asked)


def reconcile(
    home: HomeOption = None,
    account: Annotated[str, typer.Option(help="只比这个账号")] = "",
    since: Annotated[
        str, typer.Option(help="列出从这时起发现的，如 2026-03-02；不写是最近 24 小时")
    ] = "",
    show: Annotated[bool, typer.Option("--show", help="只看以前比出来的，现在不比")] = False,
    as_json: JsonOption = False,
) -> int:
    """与平台对账：好友、客户群、粉丝、标签逐一比对，没有回调告诉我们的补记上，并说清补了什么。"""
    from commands.reconcile import verb

    return verb.run(needed(home), account=account, since=since, show=show, as_json=as_json)


@menu_app.command("show")
def menu_show(
    account: AccountOption = "", home: HomeOption = None, as_json: JsonOption = False
) -> int:
    """公众号现在的菜单，和 menu.yaml 差在哪里。"""
    from commands.console import menu as verb

    return verb.show(needed(home), account, as_json=as_json)


@menu_app.command("push")
def menu_push(
    account: AccountOption = "",
    home: HomeOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再问，直接推")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看差别，不推")] = False,
) -> int:
    """把 menu.yaml 推成公众号的菜单；先列出差别，问过再推。顾客那边几分钟后换新。"""
    from commands.console import menu as verb

    return verb.push(needed(home), account, yes=yes, dry_run=dry_run)


@menu_app.command("save")
def menu_save(account: AccountOption = "", home: HomeOption = None) -> int:
    """把公众号现在的菜单原样存进 before/；存过就不再动。"""
    from commands.console import menu as verb

    return verb.save(needed(home), account)
