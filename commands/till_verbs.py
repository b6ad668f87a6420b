"""The verbs that make what opens a till: `till pin` and `till key`."""

from typing import Annotated

import typer

from commands.parts.options import HomeOption, JsonOption, given

till_app = typer.Typer(help="收银台：做门店的 PIN 和核销密钥。")


@till_app.command("pin")
def till_pin(
    store: Annotated[str, typer.Option(help="门店编号，如 S012")],
    role: Annotated[
        str, typer.Option(help="cashier 收银，或 manager 店长（能撤销核销）")
    ] = "cashier",
    generate: Annotated[bool, typer.Option("--generate", help="随机生成一个，而不是提问")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """做收银台页面的 PIN：输入时不显示，打印要贴进 stores.csv 的摘要。"""
    from commands import till

    return till.pin(store, role, home=given(home), generate=generate, as_json=as_json)


@till_app.command("key")
def till_key(
    store: Annotated[str, typer.Option(help="门店编号，如 S012")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """做收银系统核销用的密钥：打印密钥（只此一次）和要贴进 stores.csv 的摘要。"""
    from commands import till

    return till.key(store, home=given(home), as_json=as_json)
