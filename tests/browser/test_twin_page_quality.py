"""What holds for the twin's page in any browser: light, readable, operable, alone with its host."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.conftest import Keep
from tests.browser.twin_stage import Look, looking
from tests.twin_bot import Delivery, Scene, on_stage, sealed_reply, text_reply

pytestmark = pytest.mark.browser
MOST_BYTES = 180_000
_BYTES = """() => [...performance.getEntriesByType("navigation"),
  ...performance.getEntriesByType("resource")].reduce((sum, one) => sum + one.encodedBodySize, 0)"""
_SHIFT = """() => new Promise(done => new PerformanceObserver(list => done(
  list.getEntries().reduce((sum, one) => sum + (one.hadRecentInput ? 0 : one.value), 0)))
  .observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 300))"""
_WIDTH = "() => [document.documentElement.scrollWidth, innerWidth]"
_GLYPH = """(letter) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 60;
  const pen = canvas.getContext("2d");
  pen.font = `40px ${getComputedStyle(document.body).fontFamily}`;
  pen.fillText(letter, 5, 45);
  return canvas.toDataURL();
}"""
HOSTILE = "<img src=x onerror=alert(1)>\"'</p><script>alert(2)</script>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A twin with a bot that answers, and a browser that looks at its page."""

    scene: Scene
    look: Look


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    """In the end no page may have asked another host or complained."""

    def answer(delivery: Delivery) -> tuple[int, str]:
        if delivery.account != "oa-main":
            return 200, "success"
        account = scene.twin.stage.world.oa[0]
        return 200, sealed_reply(account, text_reply(delivery, f"收到 {HOSTILE}"))

    async with on_stage(tmp_path) as scene, looking(scene.twin.control("/")) as look:
        scene.bot.answer = answer
        yield Play(scene=scene, look=look)
        assert (look.faults, look.elsewhere) == ([], [])


async def views(play: Play) -> AsyncIterator[str]:
    """Let something of everything happen and yield the queries of views that show it."""
    do = play.scene.do
    yield ""
    await do("scan_oa", "甲", poster="poster-S012-door")
    await do("type", "甲", text=HOSTILE)
    yield "who=甲&chat=oa:oa-main&pick=4"
    await do("enter_kf", "甲", scene="receipt-S012")
    await do("kf_type", "甲", text="有人吗")
    yield "who=甲&chat=kf:wkYIDIAN_S012&staff=xiaowang&desk=kf:wkYIDIAN_S012:甲"
    await do("add_contact", "甲", code="staff-xiaowang-S012")
    await do("join_group", "甲", chat_id="wrPETS_S012_1")
    yield "who=甲&chat=group:wrPETS_S012_1&staff=xiaowang&desk=contact:甲&sort=call&until=9"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_by_axe(play: Play, scheme: str, lang: str) -> None:
    """In both languages, light and dark, with the drawers of the bar open too."""
    page = await play.look.page(color_scheme=scheme, bypass_csp=True)
    async for query in views(play):
        await page.goto(f"{play.look.url}?lang={lang}&{query}")
        for summary in await page.locator(".top summary").all():
            await summary.click()
        found = (await Axe().run(page)).response["violations"]
        bad = [
            (one["id"], [node["html"] for node in one["nodes"]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert bad == [], query


async def test_at_360_px_nothing_is_cut_and_the_inspector_is_below(play: Play) -> None:
    """One column: the customer's phone, the employee's, the inspector."""
    page = await play.look.page(viewport={"width": 360, "height": 640})
    async for query in views(play):
        await page.goto(f"{play.look.url}?{query}")
        scrolled, shown = await page.evaluate(_WIDTH)
        assert scrolled <= shown == 360, query
        tops = [await page.locator(one).bounding_box() for one in ("#phone", "#inspector")]
        assert tops[0] and tops[1]
        assert tops[0]["y"] < tops[1]["y"]


async def test_the_page_is_small_and_stands_still(play: Play) -> None:
    """Packed, with all it loads; nothing moves while it is drawn or when news come."""
    page = await play.look.page()
    async for query in views(play):
        await page.goto(f"{play.look.url}?{query}")
        assert await page.evaluate(_BYTES) <= MOST_BYTES
    await play.scene.do("type", "甲", text="又来了")
    await expect(page.locator("#phone .badge").first).to_be_visible()
    assert await page.evaluate(_SHIFT) < 0.02


async def test_chinese_is_drawn_with_real_letters(play: Play) -> None:
    """A machine without a Chinese font draws the same box for every letter."""
    page = await play.look.page()
    await page.goto(play.look.url)
    drawn = {letter: await page.evaluate(_GLYPH, letter) for letter in ("券", "群", "\uffff")}
    assert len(set(drawn.values())) == len(drawn)


async def test_a_half_typed_line_survives_what_happens_meanwhile(play: Play) -> None:
    """The live refresh changes what is shown, not what somebody is doing."""
    await play.scene.do("scan_oa", "甲", poster="poster-S012-door")
    page = await play.look.page()
    await page.goto(f"{play.look.url}?who=甲&chat=oa:oa-main")
    words = page.locator("#phone .write input[name=text]")
    await words.fill("我想")
    await play.scene.do("scan_oa", "乙", poster="poster-S012-door")
    await expect(page.locator("#phone .tabs .badge")).to_have_count(1)
    assert await words.input_value() == "我想"
    assert await page.evaluate("() => document.activeElement.name") == "text"
    await words.press("Enter")
    await expect(page.locator("#phone .line.mine")).to_contain_text("我想")
    await expect(words).to_have_value("")


async def test_a_paused_list_stands_still_until_it_goes_on(play: Play) -> None:
    """What happens meanwhile is not lost: it is there afterwards."""
    await play.scene.do("scan_oa", "甲", poster="poster-S012-door")
    page = await play.look.page()
    await page.goto(play.look.url)
    await page.click("#inspector .state a")
    await expect(page.locator(".state")).to_contain_text("已暂停")
    before = await page.locator(".rows li").count()
    await play.scene.do("scan_oa", "乙", poster="poster-S012-door")
    await expect(page.locator("#phone .tabs .badge")).to_have_count(2)
    assert await page.locator(".rows li").count() == before
    await page.click("#inspector .state a")
    await expect(page.locator(".rows")).to_contain_text("乙")


async def test_an_employee_takes_answers_and_ends_a_conversation(play: Play, keep: Keep) -> None:
    """On the staff's phone; the customer reads it on the other one."""
    do, stage = play.scene.do, play.scene.twin.stage
    await do("enter_kf", "甲", scene="receipt-S012")
    await do("kf_type", "甲", text="我的券用不了，想找人看看")
    asked = {"open_kfid": "wkYIDIAN_S012", "external_userid": play.scene.external("甲")}
    queued = {**asked, "service_state": 2}
    assert (await play.scene.call("wecom", "kf/service_state/trans", queued))["errcode"] == 0
    page = await play.look.page()
    await page.goto(f"{play.look.url}?who=甲&chat=kf:wkYIDIAN_S012")
    await page.click("#staff .chats a.of-kf")
    await page.click("#staff .more summary")
    await page.click("#staff button:has-text('接入会话')")
    await page.fill("#staff .write input[name=text]", "您好，我是小王，帮您换了一张")
    await page.press("#staff .write input[name=text]", "Enter")
    await expect(page.locator("#phone-log")).to_contain_text("我是小王")
    await keep(page.locator("#staff"), "twin-staff")
    await page.click("#staff button:has-text('结束会话')")
    await expect(page.locator("#staff .hint")).to_contain_text("已结束")
    assert stage.kf.session("wkYIDIAN_S012", play.scene.external("甲"))


async def _opened(page: Page, name: str) -> None:
    await page.click(f"#{name} summary")


async def test_clock_faults_and_wiring_are_buttons(play: Play) -> None:
    """And the step at which an address fails is told in words."""
    stage = play.scene.twin.stage
    page = await play.look.page()
    await page.goto(play.look.url)
    before = stage.now()
    await page.click("button:has-text('+48 h')")
    await expect(page.locator(".rows")).to_contain_text("clock")
    assert stage.now() - before >= 172_800
    await page.click(".clock button:has-text('停住')")
    await expect(page.locator(".clock")).to_contain_text("停着")
    await page.click(".clock button:has-text('走')")
    await _opened(page, "faults")
    await page.select_option("#faults .plant >> nth=0 >> select", "errcode")
    await page.click("#faults .plant >> nth=0 >> button")
    await expect(page.locator("#faults li")).to_contain_text("返回错误码")
    await page.click("#faults button:has-text('清除全部')")
    await expect(page.locator("#faults .panel")).to_contain_text("没有埋下的故障")
    await page.keyboard.press("Escape")
    await _opened(page, "wiring")
    await page.fill("#wiring li >> nth=0 >> input[type=url]", "http://127.0.0.1:9/none")
    await page.click("#wiring li >> nth=0 >> button:has-text('验证并绑定')")
    await expect(page.locator("#wiring li").first).to_contain_text("失败在：连接")
