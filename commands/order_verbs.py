"""The verbs about what members bought: `orders import`, `orders list`, `orders unmatched`."""

from pathlib import Path
from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, needed

orders_app = typer.Typer(help="订单：导入收银的表格，看哪些还没找到会员。")

LimitOption = Annotated[int, typer.Option(help="最多列几单", min=1, max=10_000)]


@orders_app.command("import")
def import_orders(
    file: Annotated[
        Path, typer.Argument(help="CSV 文件，UTF-8、GB18030 或 UTF-16，金额以元为单位")
    ],
    source: Annotated[str, typer.Option(help="来源：settings.yaml 里 sources 的 id")],
    home: HomeOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试算，什么都不记")] = False,
    as_json: JsonOption = False,
) -> int:
    """导入订单表：对的行照收，错的行逐行指出；可以重复导入，同一单同一版本只算一次。"""
    from commands.orders import taking

    asked = taking.Asked(file=file, source=source, dry_run=dry_run, as_json=as_json)
    return taking.run(needed(home), asked)


@orders_app.command("list")
def list_orders(
    home: HomeOption = None, limit: LimitOption = 50, as_json: JsonOption = False
) -> int:
    """最近的订单：状态、金额、是哪位会员的。"""
    from commands.orders import listing

    return listing.run(needed(home), waiting=False, limit=limit, as_json=as_json)


@orders_app.command("unmatched")
def unmatched(home: HomeOption = None, limit: LimitOption = 50, as_json: JsonOption = False) -> int:
    """还没找到会员的订单：从什么时候起在等，带着哪些身份。"""
    from commands.orders import listing

    return listing.run(needed(home), waiting=True, limit=limit, as_json=as_json)
