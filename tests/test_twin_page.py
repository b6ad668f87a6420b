"""The twin's page as HTML, without a browser: what it shows and what it does."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.twin_bot import Scene
from tests.twin_page import HOSTILE, echoing, page, part, post
from twin.page.state import View
from twin.page.words_table import FAULTS, KINDS, NOTES, TEXTS
from twin.trace_source import TraceSource


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with echoing(tmp_path) as one:
        yield one


def test_a_view_is_its_address() -> None:
    view = View(who="甲", chat="oa:oa-main", pick="7")
    assert View.of(view.address()) == view
    assert View.read({"pick": "7; drop"}).picked() == 0
    assert View(lang="xx").language() == "zh"


def test_every_text_has_both_languages() -> None:
    for table in (TEXTS, KINDS, NOTES, FAULTS):
        assert all(zh and en for zh, en in table.values())


async def test_scanning_on_the_page_is_an_act_and_opens_the_chat(scene: Scene) -> None:
    got = await post(scene, "do", act="scan_oa", who="甲", poster="poster-S012-door")
    assert got.headers["HX-Replace-Url"] == View(who="甲", chat="oa:oa-main").address()
    happened = await scene.book("happening")
    assert [one["act"] for one in happened] == ["scan_oa"] or happened[0]["event"] == "subscribe"
    assert "关注了公众号 qrscene_poster-S012-door" in part(await got.text(), "phone")


async def test_what_somebody_types_is_text_wherever_it_shows(scene: Scene) -> None:
    """In the bubble, the list of chats, the list of entries, the inspector: never markup."""
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    await scene.do("type", "甲", text=HOSTILE)
    number = (await scene.book("happening"))[-1]["n"]
    shown = await page(scene, f"who=甲&chat=oa:oa-main&pick={number}")
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert HOSTILE in part(shown, "phone")


async def test_a_hostile_find_and_view_stay_text(scene: Scene) -> None:
    shown = await page(scene, f"find={HOSTILE}&who={HOSTILE}&chat={HOSTILE}&lang={HOSTILE}")
    assert "<script>alert" not in shown


async def test_what_cannot_be_done_says_why_and_stays_where_it_was(scene: Scene) -> None:
    got = await post(scene, "do", "who=乙", act="join_group", who="乙", chat_id="wrNONE")
    assert got.status == 409
    assert got.headers["HX-Replace-Url"] == View(who="乙").address()
    assert "没有群 wrNONE" in part(await got.text(), "phone")


async def test_unread_lines_are_counted_until_the_chat_is_on_the_screen(scene: Scene) -> None:
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    await scene.do("type", "甲", text="一")
    assert '<i class="badge">2' in await page(scene, "who=甲&chat=scan")
    assert '<i class="badge">' not in await page(scene, "who=甲&chat=oa:oa-main")


async def test_a_menu_made_by_api_is_at_the_bottom_of_the_chat(scene: Scene) -> None:
    """An entry below another opens its page by an act of the fan."""
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    entry = {"type": "view", "name": "商城", "url": "https://shop.example/x"}
    button = [{"name": "更多", "sub_button": [entry]}]
    assert (await scene.call("oa", "menu/create", {"button": button}))["errcode"] == 0
    query = "who=甲&chat=oa:oa-main"
    assert "商城" in part(await page(scene, query), "phone")
    got = await post(scene, "do", query, act="menu", who="甲", account="oa-main", name="商城")
    assert "打开了网页： https://shop.example/x" in " ".join(
        part(await got.text(), "phone").split()
    )
    assert "shop.example" not in re.findall(r'href="([^"]*)"', await got.text())


async def test_a_card_in_customer_service_is_tapped_into_the_group(scene: Scene) -> None:
    await scene.do("enter_kf", "甲", scene="receipt-S012")
    await scene.do("kf_type", "甲", text="宠物群")
    kf = {"open_kfid": "wkYIDIAN_S012", "external_userid": scene.external("甲")}
    card = {"type": 2, "groupchat": {"chat_id": "wrPETS_S012_1", "wording": "点卡片进群"}}
    assert (await scene.call("wecom", "kf/customer/upgrade_service", {**kf, **card}))[
        "errcode"
    ] == 0
    shown = await page(scene, "who=甲&chat=kf:wkYIDIAN_S012")
    assert "加入群聊" in shown
    got = await post(scene, "do", act="tap_card", who="甲", kf="wkYIDIAN_S012")
    assert "group%3AwrPETS_S012_1" in got.headers["HX-Replace-Url"]


async def test_lines_of_a_kf_menu_can_be_tapped(scene: Scene) -> None:
    await scene.do("enter_kf", "甲", scene="receipt-S012")
    await scene.do("kf_type", "甲", text="在吗")
    kf = {"open_kfid": "wkYIDIAN_S012", "touser": scene.external("甲"), "msgtype": "msgmenu"}
    line = {"type": "click", "click": {"id": "m1", "content": "营业时间"}}
    menu = {"head_content": "想问什么？", "list": [line], "tail_content": "点一下"}
    assert (await scene.call("wecom", "kf/send_msg", {**kf, "msgmenu": menu}))["errcode"] == 0
    query = "who=甲&chat=kf:wkYIDIAN_S012"
    shown = part(await page(scene, query), "phone")
    assert shown.count("想问什么？") == 2  # in the card, and in the list of chats
    await post(scene, "do", query, act="kf_tap", who="甲", id="m1", kf="wkYIDIAN_S012")
    assert (await scene.book("kf"))[-1]["act"] == "kf_tap"


async def test_an_employee_confirms_a_mass_message(scene: Scene) -> None:
    """It stands on the staff's phone with its button, and afterwards with the customer."""
    await scene.do("add_contact", "甲", code="staff-xiaowang-S012")
    asked = {"chat_type": "single", "sender": "xiaowang", "text": {"content": "周末特价"}}
    assert (await scene.call("wecom", "externalcontact/add_msg_template", asked))["errcode"] == 0
    assert "确认发送" in part(await page(scene, "staff=xiaowang"), "staff")
    await post(scene, "do", "staff=xiaowang", act="confirm_mass", who="xiaowang")
    assert "周末特价" in part(await page(scene, "who=甲&chat=staff:xiaowang"), "phone")


async def test_a_pasted_address_of_a_way_in_joins_its_group(scene: Scene) -> None:
    asked = {"scene": 2, "chat_id_list": ["wrPETS_S012_1"], "state": "pets"}
    made = await scene.call("wecom", "externalcontact/groupchat/add_join_way", asked)
    way = await scene.call(
        "wecom", "externalcontact/groupchat/get_join_way", {"config_id": made["config_id"]}
    )
    join_way = way["join_way"]
    assert isinstance(join_way, dict)
    fields = {"act": "scan_content", "who": "甲", "content": str(join_way["qr_code"])}
    got = await post(scene, "do", **fields)
    assert "group%3AwrPETS_S012_1" in got.headers["HX-Replace-Url"]
    assert "二维码已失效" not in await got.text()


async def test_the_inspector_shows_every_delivery_and_the_calls_after_it(scene: Scene) -> None:
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    said = (await scene.do("type", "甲", text="领券"))["happening"]
    openid = {"touser": scene.openid("甲"), "msgtype": "text", "text": {"content": "给您"}}
    await scene.call("oa", "message/custom/send", openid)
    entry = next(one for one in await scene.book("happening") if one["id"] == said)
    shown = part(await page(scene, f"pick={entry['n']}"), "inspector")
    assert "/cb/oa-main?signature=" in shown
    assert "<Content><![CDATA[领券]]></Content>" in shown
    assert "message/custom/send" in shown
    assert '"errmsg": "ok"' in shown
    assert "<MsgType><![CDATA[text]]></MsgType>" in shown.partition("每次投递")[2]  # opened
    assert "机器人没有告诉轨迹的地址" in shown


async def test_the_trace_is_asked_for_with_the_key_and_the_key_stays_here(scene: Scene) -> None:
    asked: list[tuple[str, str]] = []

    async def trace(request: web.Request) -> web.Response:
        asked.append((request.headers["Authorization"], request.query_string))
        return web.json_response({"v": 1, "rule": "newcomer"})

    app = web.Application()
    app.add_routes([web.get("/api/trace", trace)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/trace"
    scene.twin.stage.trace_source = TraceSource(url=url, key="secret-key")
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    await scene.do("type", "甲", text="领券")
    number = (await scene.book("happening"))[-1]["n"]
    shown = await page(scene, f"pick={number}")
    await runner.cleanup()
    assert asked[0][0] == "Bearer secret-key"
    assert "msg=" in asked[0][1]
    assert "newcomer" in part(shown, "inspector")
    assert "secret-key" not in shown


async def test_entries_are_filtered_by_person_sort_and_words(scene: Scene) -> None:
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    await scene.do("scan_oa", "乙", poster="poster-S012-door")
    await scene.call("oa", "tags/get")
    rows = re.findall(r'<li id="row-', await page(scene, "about=乙&sort=happening"))
    assert len(rows) == 1
    assert len(re.findall(r'<li id="row-', await page(scene, "find=tags/get"))) == 1
    assert len(re.findall(r'<li id="row-', await page(scene, "until=3&sort=happening"))) == 0


async def test_clock_faults_and_tokens_are_forms(scene: Scene) -> None:
    stage = scene.twin.stage
    before = stage.now()
    await post(scene, "clock", jump_s="3600")
    assert stage.now() - before >= 3600
    await post(scene, "clock", turn="stop")
    assert not stage.clock.running
    await post(scene, "clock", turn="run")
    got = await post(scene, "faults", kind="errcode", path="*", times="2", code="45009", seconds="")
    assert stage.faults.told()[0]["left"] == 2
    assert "返回错误码" in await got.text()
    assert (await post(scene, "faults", kind="nonsense")).status == 409
    await post(scene, "faults", clear="1")
    assert stage.faults.told() == []
    token = await scene.token("oa")
    await post(scene, "revoke", account="oa-main")
    assert (await scene.call("oa", "tags/get", access_token=token))["errcode"] != 0


async def test_an_address_that_fails_says_at_which_step(scene: Scene) -> None:
    got = await post(scene, "wire", account="oa-main", url="http://127.0.0.1:9/x")
    assert "失败在：连接" in await got.text()
    assert "失败在" in await page(scene)


async def test_in_english_none_of_our_words_is_chinese(scene: Scene) -> None:
    """What people and the world say stays as it is."""
    shown = await page(scene, "lang=en&pick=1")
    ours = {zh for key, (zh, _) in TEXTS.items() if len(zh) > 2 and key != "other_language"}
    assert [one for one in ours if one in shown] == []


async def test_somebody_new_is_chosen_by_name_and_stays_among_the_tabs(scene: Scene) -> None:
    assert "客001" in part(await page(scene, "who=客001"), "phone")
    assert "客001" not in re.findall(r'id="phone-tab-[0-9]+"[^>]*>([^<]*)', await page(scene))
    await scene.do("scan_oa", "客001", poster="poster-S012-door")
    assert "客001" in re.findall(r'id="phone-tab-[0-9]+"[^>]*>([^<]*)', await page(scene))
