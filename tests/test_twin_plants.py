"""Planted troubles: each makes the APIs answer as the platform does to that mistake."""

from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage
from twin.troubles import TROUBLES
from twin.world_file import load

KF = "wkYIDIAN_S012"
OA, CORP = "oa-main", "wecom-main"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def plant(scene: Scene, account: str, trouble: str, **rest: object) -> object:
    asked: Json = {"account": account, "trouble": trouble, **rest}
    async with scene.http.post(scene.twin.control("/twin/plant"), json=asked) as got:
        planted: object = await got.json()
        return planted


async def lift(scene: Scene, **which: str) -> object:
    async with scene.http.delete(scene.twin.control("/twin/plant"), json=which) as got:
        left: object = await got.json()
        return left


async def token_answer(scene: Scene, host: str) -> Json:
    world = scene.twin.stage.world
    if host == "wecom":
        corp = world.wecom[0]
        return await scene.bare("wecom", "gettoken", corpid=corp.corpid, corpsecret=corp.secret)
    asked: Json = {"grant_type": "client_credential", "appid": world.oa[0].appid}
    return await scene.bare("oa", "stable_token", {**asked, "secret": world.oa[0].secret})


async def test_troubles_are_listed_replaced_and_lifted(scene: Scene) -> None:
    await plant(scene, OA, "clock_off", seconds=90)
    await plant(scene, OA, "clock_off", seconds=-600)
    await plant(scene, CORP, "ip_not_allowed", ip="198.51.100.9")
    clock = {"account": OA, "trouble": "clock_off", "seconds": -600}
    address = {"account": CORP, "trouble": "ip_not_allowed", "ip": "198.51.100.9"}
    async with scene.http.get(scene.twin.control("/twin/plants")) as got:
        assert await got.json() == [clock, address]
    assert await lift(scene, trouble="clock_off") == [address]
    assert await lift(scene) == []
    assert [len(str(one["planted"])) > 2 for one in await scene.book("plant")] == [
        *(True, True, True, True),
        False,
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"account": OA, "trouble": "rain"},
        {"account": "nobody", "trouble": "clock_off", "seconds": 1},
        {"account": OA, "trouble": "clock_off"},
        {"account": OA, "trouble": "clock_off", "seconds": "soon"},
        {"account": OA, "trouble": "clock_off", "seconds": 1, "ip": "198.51.100.9"},
        {"account": OA, "trouble": "console_welcome"},
        {"account": CORP, "trouble": "console_welcome", "staff": "nobody"},
        {"account": KF, "trouble": "secret_expired"},
        {"trouble": "secret_expired"},
    ],
)
async def test_a_trouble_that_cannot_be_is_not_planted(scene: Scene, asked: Json) -> None:
    async with scene.http.post(scene.twin.control("/twin/plant"), json=asked) as got:
        assert got.status == 400
    assert scene.twin.stage.plants.told() == []


def test_the_page_names_every_trouble_and_its_fields() -> None:
    page = (Path(__file__).parents[1] / "docs/reference/twin.md").read_text("utf-8")
    named = [*TROUBLES, *(field for known in TROUBLES.values() for field in known)]
    assert [one for one in named if f"`{one}`" not in page] == []


async def test_an_official_account_refuses_a_strange_address_a_token(scene: Scene) -> None:
    good = await scene.token("oa")
    await plant(scene, OA, "ip_not_allowed", ip="198.51.100.9")
    told = await token_answer(scene, "oa")
    assert told["errcode"] == 40164
    assert str(told["errmsg"]).startswith(
        "invalid ip 198.51.100.9 ipv6 ::ffff:198.51.100.9, not in whitelist rid: "
    )
    assert "tags" in await scene.call("oa", "tags/get", access_token=good)


async def test_wecom_refuses_a_strange_address_every_call_but_the_token(scene: Scene) -> None:
    await plant(scene, CORP, "ip_not_allowed")
    assert (await token_answer(scene, "wecom"))["errcode"] == 0
    told = await scene.call("wecom", "getcallbackip")
    assert told["errcode"] == 60020
    assert "from ip: 203.0.113.7, more info" in str(told["errmsg"])


async def test_a_missing_right_refuses_what_begins_with_its_path(scene: Scene) -> None:
    await plant(scene, OA, "missing_right", api="/cgi-bin/message/custom")
    await plant(scene, OA, "missing_right", api="/cgi-bin/qrcode", code=48004)
    asked: Json = {"touser": scene.openid("甲"), "command": "Typing"}
    told = await scene.call("oa", "message/custom/typing", asked)
    assert told["errcode"] == 48001 and "api unauthorized rid: " in str(told["errmsg"])
    assert (await scene.call("oa", "qrcode/create", {}))["errcode"] == 48004
    assert "tags" in await scene.call("oa", "tags/get")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("user/get", 60011),
        ("agent/get", 301002),
        ("externalcontact/get_follow_user_list", 48002),
        ("kf/servicer/list", 48002),
    ],
)
async def test_a_wecom_app_lacks_rights_by_its_own_codes(
    scene: Scene, path: str, code: int
) -> None:
    await plant(scene, CORP, "missing_right", api=f"/cgi-bin/{path.partition('/')[0]}")
    told = await scene.call("wecom", path)
    assert told["errcode"] == code
    more = f"more info at https://open.work.weixin.qq.com/devtool/query?e={code}"
    assert f"from ip: 127.0.0.1, {more}" in str(told["errmsg"])


@pytest.mark.parametrize(("host", "account", "code"), [("oa", OA, 40125), ("wecom", CORP, 40001)])
async def test_a_secret_that_was_reset_ends_tokens_and_gives_none(
    scene: Scene, host: str, account: str, code: int
) -> None:
    good = await scene.token(host)
    await plant(scene, account, "secret_expired")
    assert (await token_answer(scene, host))["errcode"] == code
    assert (await scene.call(host, "getcallbackip", access_token=good))["errcode"] == 42001
    await lift(scene)
    assert "access_token" in await token_answer(scene, host)


@pytest.mark.parametrize("account", [KF, CORP])
async def test_an_unmanaged_kf_account_is_out_of_reach(scene: Scene, account: str) -> None:
    await plant(scene, account, "kf_unmanaged")
    listed = await scene.call("wecom", "kf/account/list", {})
    assert "'manage_privilege': False" in str(listed)
    assert (await scene.call("wecom", "kf/sync_msg", {"open_kfid": KF}))["errcode"] == 48007
    said: Json = {"touser": scene.external("甲"), "open_kfid": KF, "msgtype": "text"}
    assert (await scene.call("wecom", "kf/send_msg", said))["errcode"] == 48007
    await scene.do("enter_kf", "甲")
    assert scene.bot.received == []
    assert [one["trouble"] for one in await scene.book("callback")] == ["kf_unmanaged"]


async def test_a_console_welcome_takes_the_code_away(scene: Scene) -> None:
    await plant(scene, CORP, "console_welcome", staff="xiaowang", words="我是小王")
    await scene.do("add_contact", "甲", staff="xiaowang")
    await scene.do("add_contact", "甲", staff="xiaoli")
    first, second = scene.bot.texts("WelcomeCode")
    assert (first, bool(second)) == ("", True)
    assert [one["text"] for one in await scene.phone("甲")] == ["我是小王"]


async def test_an_app_outside_customer_contact_hears_and_may_nothing(scene: Scene) -> None:
    await plant(scene, CORP, "not_customer_contact_app")
    told = await scene.do("add_contact", "甲", staff="xiaowang")
    assert not told["delivered"] and scene.bot.received == []
    asked = await scene.call("wecom", "externalcontact/get_follow_user_list")
    assert asked["errcode"] == 48002
    await scene.do("enter_kf", "甲")
    assert len(scene.bot.received) == 1


async def test_a_clock_that_is_off_shows_in_every_stamp(scene: Scene) -> None:
    await plant(scene, OA, "clock_off", seconds=-600)
    now = scene.twin.stage.now()
    await scene.do("follow", "甲")
    (got,) = scene.bot.received
    for stamp in (got.query["timestamp"], scene.bot.texts("CreateTime")[0]):
        assert abs(int(stamp) - (now - 600)) < 5
    await plant(scene, CORP, "clock_off", seconds=3600)
    await scene.do("enter_kf", "甲")
    log = await scene.call("wecom", "kf/sync_msg", {"open_kfid": KF})
    assert isinstance(log["msg_list"], list)
    assert abs(log["msg_list"][0]["send_time"] - (now + 3600)) < 5


@pytest.mark.parametrize(("host", "seconds"), [("oa", -600), ("wecom", 3600)])
async def test_the_date_header_follows_the_platforms_clock(
    scene: Scene, host: str, seconds: int
) -> None:
    await scene.control("clock", {"jump_s": 50_000})
    await plant(scene, OA if host == "oa" else CORP, "clock_off", seconds=seconds)
    async with scene.http.get(f"{scene.twin.stage.bases[host]}/cgi-bin/getcallbackip") as got:
        date = parsedate_to_datetime(got.headers["Date"])
    assert abs(date.timestamp() - scene.twin.stage.now() - seconds) < 5


def test_a_world_may_begin_with_troubles(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: yidian\nplants:\n"
        "  - {account: oa-main, trouble: ip_not_allowed, ip: 198.51.100.9}\n"
        "  - {account: wecom-main, trouble: clock_off, seconds: -90}\n",
        encoding="utf-8",
    )
    first, second = load(path).plants
    assert (first.ip, second.seconds) == ("198.51.100.9", -90)
