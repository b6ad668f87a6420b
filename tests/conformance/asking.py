"""What calls that make the twin's answers full have in common: customers with labels."""

from collections.abc import Awaitable, Callable

from tests.twin_bot import Json, Scene

Ask = Callable[[Scene], Awaitable[Json]]
AT = "externalcontact"
TEXT: Json = {"content": "欢迎"}


def call(path: str, asked: Json | None = None, **query: str) -> Ask:
    """Ask for a path with these arguments."""

    async def ask(scene: Scene) -> Json:
        return await scene.call("wecom", path, asked, **query)

    return ask


async def customers(scene: Scene) -> tuple[Json, str]:
    """Let 甲 and 乙 be customers of 小王, 甲 with a label; return the pair and the label."""
    for who in ("甲", "乙"):
        await scene.do("add_contact", who, staff="xiaowang", state="spring")
    label = (await labels(scene))["tag_group"]
    assert isinstance(label, dict)
    tag = str(label["tag"][0]["id"])
    pair: Json = {"userid": "xiaowang", "external_userid": scene.external("甲")}
    await scene.call("wecom", f"{AT}/mark_tag", {**pair, "add_tag": [tag]})
    written: Json = {**pair, "remark_company": "壹店", "remark_mobiles": ["13000000000"]}
    await scene.call("wecom", f"{AT}/remark", written)
    return pair, tag


async def labels(scene: Scene) -> Json:
    """Make a label in a group."""
    asked: Json = {"group_name": "兴趣", "tag": [{"name": "猫"}]}
    return await scene.call("wecom", f"{AT}/add_corp_tag", asked)
