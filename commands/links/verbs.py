"""The verbs of acquisition links: `links list`, `make`, `stats`, `update`, `delete`."""

from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed

links_app = typer.Typer(help="获客链接：给导购做能发到网页、短信里的加好友链接，看每条带来多少人。")

AccountOption = Annotated[str, typer.Option("--account", help="企业微信账号有几个时，用哪一个")]
LinkArgument = Annotated[str, typer.Argument(help="链接的名字或 link_id，看 links list")]
StaffOption = Annotated[
    list[str] | None, typer.Option("--staff", help="导购的企业微信账号（userid），可重复")
]


@links_app.command("list")
def list_links(
    home: HomeOption = None, account: AccountOption = "", as_json: JsonOption = False
) -> int:
    """本应用做的全部获客链接，和还剩多少付费额度。"""
    from commands.links import looking

    return looking.show_all(needed(home), account, as_json=as_json)


@links_app.command("make")
def make_links(
    home: HomeOption = None,
    staff: StaffOption = None,
    stores: Annotated[str, typer.Option(help="只做这些门店的导购，逗号隔开；不给就是全部")] = "",
    account: AccountOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试算，什么都不做")] = False,
    as_json: JsonOption = False,
) -> int:
    """给每位导购做一条链接，带上自己的活码：顾客点开加好友，就归到这家门店。做过的不重做。"""
    from commands.links import making

    asked = making.Asked(
        staff=tuple(staff or ()),
        stores=(stores,),
        account=account,
        dry_run=dry_run,
        as_json=as_json,
    )
    return making.run(needed(home), asked)


@links_app.command("stats")
def count_links(
    link: Annotated[str, typer.Argument(help="只看这一条；不给就是全部")] = "",
    home: HomeOption = None,
    days: Annotated[int, typer.Option(help="点击和新增看最近几天", min=1, max=180)] = 7,
    account: AccountOption = "",
    as_json: JsonOption = False,
) -> int:
    """每条链接的点击、新增、顾客和说过话的人数，和还剩多少付费额度。"""
    from commands.links import looking

    return looking.count(needed(home), account, link, days, as_json=as_json)


@links_app.command("update")
def update_link(
    link: LinkArgument,
    home: HomeOption = None,
    staff: StaffOption = None,
    account: AccountOption = "",
) -> int:
    """换这条链接背后的导购；印出去、发出去的链接不用换。"""
    from commands.links import changing

    return changing.update(needed(home), account, link, tuple(staff or ()))


@links_app.command("delete")
def delete_link(
    link: LinkArgument,
    home: HomeOption = None,
    account: AccountOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再问，直接删")] = False,
) -> int:
    """删掉一条链接；已经加上的好友不受影响。"""
    from commands.links import changing

    return changing.delete(needed(home), account, link, yes=yes)
