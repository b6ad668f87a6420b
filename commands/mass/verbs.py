"""The verbs of mass messages: `mass make`, `list`, `show`, `refresh`, `remind`, `cancel`."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed

mass_app = typer.Typer(
    help="企业群发：写一条，按标签、门店、阶段或群池交给员工；每位员工在企业微信里确认后才会发出。"
)

Name = Annotated[str, typer.Argument(help="群发的名字，看 mass list")]
Text = str | None
Texts = list[str] | None


@mass_app.command("make")
def make(
    home: HomeOption = None,
    to: Annotated[
        Texts, typer.Option("--to", help="有这个标签的顾客；逗号隔开是任一个，写多次是都要有")
    ] = None,
    without: Annotated[Texts, typer.Option("--not", help="有这个标签的不发，可重复")] = None,
    store: Annotated[Text, typer.Option(help="只发给这个门店的顾客")] = None,
    stage: Annotated[Text, typer.Option(help="只发给这个阶段的顾客")] = None,
    everyone: Annotated[bool, typer.Option("--everyone", help="所有加了员工好友的顾客")] = False,
    pool: Annotated[Text, typer.Option(help="发到这个群池的每个群")] = None,
    group: Annotated[Texts, typer.Option("--group", help="发到这个群（chat_id），可重复")] = None,
    staff: Annotated[Text, typer.Option(help="只交给这位员工（userid）")] = None,
    text: Annotated[str, typer.Option(help="正文，最多 4000 字节")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="正文在这个 UTF-8 文件里")] = None,
    link: Annotated[str, typer.Option(help="附一个链接")] = "",
    title: Annotated[str, typer.Option(help="链接的标题")] = "",
    image: Annotated[
        Texts, typer.Option("--image", help="附家目录 media/ 里的图片，可重复")
    ] = None,
    name: Annotated[str, typer.Option(help="名字；同名同内容不会重复建。不写就起一个")] = "",
    account: Annotated[str, typer.Option(help="企业微信账号；只有一个时不用写")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会发给谁，什么都不建")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再问，直接建")] = False,
    as_json: JsonOption = False,
) -> int:
    """建一个群发：先看每位员工发给几人、谁不发及为什么，确认后才建；需员工确认才会发出。"""
    from commands.mass import making
    from commands.mass.asking import Asked, check_typed

    narrowed = {"--store": store, "--stage": stage, "--pool": pool, "--staff": staff}
    check_typed({"--to": to, "--not": without, "--group": group, **narrowed})
    asked = Asked(
        name=name, account=account, to=tuple(to or ()), without=tuple(without or ()),
        store=store or "", stage=stage or "", everyone=everyone, pool=pool or "",
        groups=tuple(group or ()), staff=staff or "", text=text, file=file, link=link,
        title=title, images=tuple(image or ()), dry_run=dry_run, yes=yes, as_json=as_json,
    )  # fmt: skip
    return making.run(needed(home), asked)


@mass_app.command("list")
def list_(
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(help="最多列几个", min=1, max=1_000)] = 20,
    as_json: JsonOption = False,
) -> int:
    """最近的群发：几位员工还没确认，发出了多少。"""
    from commands.mass import listing

    return listing.run(needed(home), limit=limit, as_json=as_json)


@mass_app.command("show")
def show(name: Name, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """一个群发：每位员工确认了没有，已发、不再是好友、达到上限的各多少，谁没有选入。"""
    from commands.mass import listing

    return listing.show(needed(home), name, as_json=as_json)


@mass_app.command("refresh")
def refresh(name: Name, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """现在就去问平台结果（平时每小时问一次）；过几秒再看 mass show。"""
    from commands.mass import turning

    return turning.refresh(needed(home), name, as_json=as_json)


@mass_app.command("remind")
def remind(name: Name, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """提醒还没确认的员工；平台限每个任务 24 小时 3 次。"""
    from commands.mass import turning

    return turning.remind(needed(home), name, as_json=as_json)


@mass_app.command("cancel")
def cancel(name: Name, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """取消：收回还没确认的任务；已经发出的收不回。"""
    from commands.mass import turning

    return turning.cancel(needed(home), name, as_json=as_json)
