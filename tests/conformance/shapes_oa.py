"""The answers of the twin's Official Account host beside those that others published."""

import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from tests.conformance.cases import Case
from tests.conformance.shapes import differences
from tests.twin_bot import Json, Scene, on_stage
from twin.oa.console import (
    AutoReply,
    ConsoleArticle,
    ConsoleButton,
    ConsoleReply,
    ConsoleRule,
    ConsoleWord,
)
from twin.oa.host import OA_HOST

_GONE = ("nickname", "sex", "language", "city", "province", "country", "headimgurl")
_ARTICLE = ConsoleArticle(title="本周特价", url="https://mp.weixin.qq.com/s/twin")
_NEWS = ConsoleReply(type="news", news=(_ARTICLE,))
_VIEW: Json = {"type": "view", "name": "商城", "url": "https://shop.example/"}
_CLICK: Json = {"type": "click", "name": "领券", "key": "COUPON"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Places in which the twin differs from what was published, and why it does."""

    optional: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()
    why: str


KNOWN: Mapping[str, Known] = {
    "/cgi-bin/user/info": Known(
        optional=frozenset(_GONE), why="not supplied since 2021-12-27 (section 5)"
    ),
    "/cgi-bin/user/info/batchget": Known(
        optional=frozenset(f"user_info_list[].{one}" for one in _GONE),
        why="not supplied since 2021-12-27 (section 5)",
    ),
    "/cgi-bin/menu/get": Known(
        optional=frozenset(
            f"conditionalmenu[].matchrule.{one}"
            for one in ("group_id", "sex", "country", "province", "city")
        ),
        extra=frozenset({"conditionalmenu[].matchrule.tag_id"}),
        why="rules about people are refused with 65320, tags took the place of groups (section 6)",
    ),
    "/cgi-bin/get_current_selfmenu_info": Known(
        optional=frozenset(
            {"selfmenu_info.button[].key", "selfmenu_info.button[].sub_button.list[].key"}
        ),
        why="a click entry is made by API, in a menu that has no value and no news_info",
    ),
}


async def oa_shapes(cases: Iterable[Case]) -> list[tuple[str, tuple[str, ...]]]:
    """Return each path that the twin serves and others published, with what differs there."""
    served = {**OA_HOST.endpoints, **OA_HOST.open_endpoints}
    samples: dict[str, list[object]] = {}
    for case in cases:
        path = str(case.request.get("path"))
        if (case.platform, case.kind) == ("oa", "api.response") and path in served:
            samples.setdefault(path, []).append(case.payload)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        scene = await stack.enter_async_context(on_stage(Path(folder)))
        await _furnish(scene)
        return [(path, await _differing(scene, path, samples[path])) for path in sorted(samples)]


async def _differing(scene: Scene, path: str, samples: list[object]) -> tuple[str, ...]:
    ask = _ASKED.get(path)
    if ask is None:
        return ("nothing asks the twin for it",)
    known = KNOWN.get(path, Known(why=""))
    return differences(
        samples[0],
        await ask(scene),
        also=samples[1:],
        optional=known.optional,
        extra=known.extra,
    )


async def _furnish(scene: Scene) -> None:
    """Let everything exist that a full answer tells: fans, tags, menus, a console."""
    stage = scene.twin.stage
    oa = replace(stage.world.oa[0], auto_reply=_replies(), console_menu=_console_menu())
    stage.world = replace(stage.world, oa=(oa,))
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    await scene.do("follow", "乙")
    await scene.call("oa", "tags/create", {"tag": {"name": "群/宠物"}})
    for who in ("甲", "乙"):
        tagged: Json = {"openid_list": [scene.openid(who)], "tagid": 100}
        await scene.call("oa", "tags/members/batchtagging", tagged)
    blacklisted = {"openid_list": [scene.openid("乙")]}
    await scene.call("oa", "tags/members/batchblacklist", blacklisted)


def _replies() -> AutoReply:
    words = (ConsoleWord(content="特价"),)
    reply = (_NEWS, ConsoleReply(content="七折"))
    return AutoReply(
        add_friend=ConsoleReply(content="欢迎"),
        default=ConsoleReply(content="收到"),
        keywords=(ConsoleRule(name="特价", words=words, reply=reply),),
    )


def _console_menu() -> tuple[ConsoleButton, ...]:
    view = ConsoleButton(name="商城", type="view", url="https://shop.example/")
    news = ConsoleButton(name="特价", type="news", news=(_ARTICLE,))
    words = ConsoleButton(name="门店", type="text", value="良渚店")
    return (ConsoleButton(name="优惠", sub_button=(view, news, words)), words)


def _get(path: str, **query: str) -> Callable[[Scene], Awaitable[Json]]:
    async def ask(scene: Scene) -> Json:
        return await scene.call("oa", path, **query)

    return ask


def _post(path: str, asked: Json) -> Callable[[Scene], Awaitable[Json]]:
    async def ask(scene: Scene) -> Json:
        return await scene.call("oa", path, asked)

    return ask


def _of_fan(path: str, key: str, **rest: object) -> Callable[[Scene], Awaitable[Json]]:
    async def ask(scene: Scene) -> Json:
        return await scene.call("oa", path, {key: scene.openid("甲"), **rest})

    return ask


def _upload(path: str, **query: str) -> Callable[[Scene], Awaitable[Json]]:
    async def ask(scene: Scene) -> Json:
        return await scene.upload("oa", path, ("a.png", b"picture"), **query)

    return ask


async def _token(scene: Scene) -> Json:
    oa = scene.twin.stage.world.oa[0]
    asked = {"grant_type": "client_credential", "appid": oa.appid, "secret": oa.secret}
    return await scene.bare("oa", "token", **asked)


async def _profile(scene: Scene) -> Json:
    return await scene.call("oa", "user/info", openid=scene.openid("甲"))


async def _profiles(scene: Scene) -> Json:
    asked: Json = {"user_list": [{"openid": scene.openid("甲"), "lang": "zh_CN"}]}
    return await scene.call("oa", "user/info/batchget", asked)


async def _conditional(scene: Scene) -> Json:
    await scene.call("oa", "menu/create", {"button": [_VIEW]})
    rule = {"tag_id": "100", "client_platform_type": "2"}
    menu: Json = {"button": [_CLICK, {"name": "更多", "sub_button": [_VIEW, _CLICK]}]}
    return await scene.call("oa", "menu/addconditional", {**menu, "matchrule": rule})


async def _menus(scene: Scene) -> Json:
    await _conditional(scene)
    await scene.call("oa", "menu/create", {"button": [_CLICK]})
    return await scene.call("oa", "menu/get")


async def _console(scene: Scene) -> Json:
    await scene.call("oa", "menu/delete")
    return await scene.call("oa", "get_current_selfmenu_info")


async def _match(scene: Scene) -> Json:
    await scene.call("oa", "menu/delete")
    await scene.call("oa", "menu/create", {"button": [_VIEW]})
    return await scene.call("oa", "menu/trymatch", {"user_id": scene.openid("甲")})


_SAID: Json = {"msgtype": "text", "text": {"content": "早"}}
_ORDER = {"character_string1": "A1", "thing2": "猫粮", "amount3": "39.8元", "time4": "2026-11-22"}
_NOTICE: Json = {
    "template_id": "TwinTmplOrder000000000000000000000000000000",
    "data": {key: {"value": value} for key, value in _ORDER.items()},
}
_CODE: Json = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}}
_ASKED: Mapping[str, Callable[[Scene], Awaitable[Json]]] = {
    f"/cgi-bin/{path}": ask
    for path, ask in {
        "token": _token,
        "callback/check": _post("callback/check", {"action": "all"}),
        "get_api_domain_ip": _get("get_api_domain_ip"),
        "getcallbackip": _get("getcallbackip"),
        "get_current_autoreply_info": _get("get_current_autoreply_info"),
        "get_current_selfmenu_info": _console,
        "media/upload": _upload("media/upload", type="image"),
        "media/uploadimg": _upload("media/uploadimg"),
        "menu/addconditional": _conditional,
        "menu/create": _post("menu/create", {"button": [_VIEW]}),
        "menu/delete": _get("menu/delete"),
        "menu/get": _menus,
        "menu/trymatch": _match,
        "message/custom/send": _of_fan("message/custom/send", "touser", **_SAID),
        "message/template/send": _of_fan("message/template/send", "touser", **_NOTICE),
        "qrcode/create": _post("qrcode/create", _CODE),
        "tags/create": _post("tags/create", {"tag": {"name": "新客"}}),
        "tags/get": _get("tags/get"),
        "tags/getidlist": _of_fan("tags/getidlist", "openid"),
        "tags/members/getblacklist": _post("tags/members/getblacklist", {"begin_openid": ""}),
        "user/get": _get("user/get"),
        "user/info": _profile,
        "user/info/batchget": _profiles,
        "user/info/updateremark": _of_fan("user/info/updateremark", "openid", remark="老客"),
        "user/tag/get": _post("user/tag/get", {"tagid": 100, "next_openid": ""}),
    }.items()
}
