"""The verbs that make and fill a home: `init`, `stores import`, `staff import`, `codes make`."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed

stores_app = typer.Typer(help="门店：从表格导入。")
staff_app = typer.Typer(help="导购：从表格导入。")
codes_app = typer.Typer(help="活码：给门店和导购各做一个。")

FileArgument = Annotated[Path, typer.Argument(help="CSV 文件，UTF-8、GB18030 或 UTF-16")]
PackOption = Annotated[
    str,
    typer.Option(
        "--pack",
        help="放另一套样例：wumei（商超：扫码、加店员、说关键词、进群、领券）",
        show_default=False,
    ),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="只试算，什么都不写")]
SkipBadOption = Annotated[
    bool, typer.Option("--skip-bad", help="跳过有错的行；不加时有一行错就什么都不写")
]


def init(
    home: HomeOption = None,
    channel: Annotated[
        list[str] | None,
        typer.Option(help="要接的渠道，可重复：oa、wecom、kf、aibot；不给就放全套样例"),
    ] = None,
    pack: PackOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="不提问，没给的先用占位")] = False,
    public_url: Annotated[str, typer.Option(help="对外的 https 网址")] = "",
    appid: Annotated[str, typer.Option(help="公众号的 AppID")] = "",
    corpid: Annotated[str, typer.Option(help="企业 ID")] = "",
    agentid: Annotated[str, typer.Option(help="企业微信应用的 AgentId")] = "",
    bot_name: Annotated[str, typer.Option(help="智能机器人的名字")] = "",
    secret_file: Annotated[
        list[str] | None,
        typer.Option(help="写着 Secret 的文件；有几个账号时写 oa=文件、wecom=文件，可重复"),
    ] = None,
    secret: Annotated[
        list[str] | None, typer.Option(help="Secret 本身；会留在命令历史里，请用 --secret-file")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """建一个新家：生成自己的 Token 和 EncodingAESKey，只问生成不了的，并说明什么填到哪里。"""
    from commands import init as verb
    from commands.start.asking import Asked

    values = {
        "--public-url": public_url, "--appid": appid, "--corpid": corpid, "--agentid": agentid,
        "--bot-name": bot_name,
    }  # fmt: skip
    asked = Asked(
        channels=tuple(channel or ()),
        pack=pack,
        values=values,
        secrets=tuple(secret or ()),
        secret_files=tuple(secret_file or ()),
        yes=yes,
    )
    return verb.run(needed(home), asked, as_json=as_json)


@stores_app.command("import")
def import_stores(
    file: FileArgument,
    home: HomeOption = None,
    dry_run: DryRunOption = False,
    skip_bad: SkipBadOption = False,
    as_json: JsonOption = False,
) -> int:
    """把门店表按门店编号并进 stores.csv：表里没有的门店和列不动，逐行报错，旧表留作 .bak。"""
    return _import("stores", file, home, dry_run, skip_bad, as_json)


@staff_app.command("import")
def import_staff(
    file: FileArgument,
    home: HomeOption = None,
    dry_run: DryRunOption = False,
    skip_bad: SkipBadOption = False,
    as_json: JsonOption = False,
) -> int:
    """把导购表按企业微信账号并进 staff.csv：表里没有的导购和列不动，逐行报错，旧表留作 .bak。"""
    return _import("staff", file, home, dry_run, skip_bad, as_json)


def _import(
    name: str, file: Path, home: Path | None, dry_run: bool, skip_bad: bool, as_json: bool
) -> int:
    from commands import rosters as verb

    asked = verb.Asked(file=file, dry_run=dry_run, skip_bad=skip_bad, as_json=as_json)
    return verb.run(name, needed(home), asked)


@codes_app.command("make")
def make_codes(
    kind: Annotated[list[str], typer.Option(help="种类：door、counter、kf、staff，可用逗号写几个")],
    home: HomeOption = None,
    stores: Annotated[str, typer.Option(help="只做这些门店，逗号隔开；不给就是全部")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="向平台要二维码，图片和 index.csv 放在这里")
    ] = None,
    account: Annotated[str, typer.Option(help="同类账号有几个时，用哪一个")] = "",
    kf: Annotated[str, typer.Option(help="客服账号有几个时，用哪一个 open_kfid")] = "",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> int:
    """给每家门店、每位导购补上活码；加 --out 就连二维码图片一起做好，中断了再运行会接着做。"""
    from commands.codes import verb

    asked = verb.Asked(
        kinds=tuple(kind),
        stores=(stores,),
        out=out and out.resolve(),
        account=account,
        kf=kf,
        dry_run=dry_run,
        as_json=as_json,
    )
    return verb.run(needed(home), asked)
