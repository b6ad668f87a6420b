"""What a script does by HTTP: the shop's own calls, links on a phone, plays on a running twin."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web

from tests.script_stage import YIDIAN, echoing, played
from tests.twin_bot import on_stage, sealed_reply, text_reply
from twin.world import ShopSource, Till
from twin.world_file import load_script


@dataclass(slots=True)
class Shop:
    """The shop's side of a bot: takes orders and coupons, and has a page with a way in."""

    told: list[dict[str, object]] = field(default_factory=list)
    signed: list[dict[str, str]] = field(default_factory=list)
    picture: str = ""
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        """Keep what was told."""
        self.told.append(await request.json())
        self.signed.append(dict(request.headers))
        return web.json_response({"code": "redeemed" if len(self.told) > 1 else "taken"})

    async def page(self, request: web.Request) -> web.Response:
        """Show a page with a picture."""
        return web.Response(text=f'<h1>券码</h1><img src="{self.picture}">')


@asynccontextmanager
async def shop() -> AsyncIterator[Shop]:
    """Run a shop on a free port."""
    found, app = Shop(), web.Application()
    app.add_routes([web.post("/orders", found.take), web.get("/{kind}/{rest}", found.page)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield found
    finally:
        await runner.cleanup()


async def test_orders_are_signed_and_coupons_are_taken_in(tmp_path: Path) -> None:
    async with shop() as told, on_stage(tmp_path) as scene:
        echoing(scene)
        world = scene.twin.stage.world
        source = ShopSource(id="till", secret="secret", path=f"{told.url}/orders")
        till = Till(id="till-S012", key="key", path=f"{told.url}/orders")
        scene.twin.stage.world = replace(world, sources=(source,), tills=(till,))
        went = await played(
            scene,
            tmp_path,
            """
            - {who: 甲, pay: {order: Y1, amount_fen: 990, store: S012}, to: till}
            - {expect: {answer: taken}}
            - {who: 甲, redeem: 'C[0-9]{3}', refused: 没有像}
            - {who: 甲, follow: {}}
            - {who: 甲, type: 券 C123 给你}
            - {who: 甲, redeem: 'C[0-9]{3}', at: till-S012}
            - {expect: {answer: redeemed}}
            """,
        )
        assert went.failure is None, went.failure.line()
        order, coupon = told.told
        person = scene.twin.stage.crowd.person("甲")
        assert person is not None
        assert order == {
            "order": "Y1", "revision": 1, "state": "paid", "total_fen": 990, "store": "S012",
            "unionid": person.unionid,
        }  # fmt: skip
        assert coupon["code"] == "C123"
        assert told.signed[0]["X-Xiaoer-Source"] == "till"
        assert told.signed[1]["Authorization"] == "Bearer key"
        assert [one["status"] for one in await scene.book("shop")] == [200, 200]


async def test_links_are_opened_and_lead_into_groups(tmp_path: Path) -> None:
    async with shop() as told, on_stage(tmp_path) as scene:
        made = await scene.call(
            "wecom",
            "externalcontact/groupchat/add_join_way",
            {"scene": 2, "chat_id_list": ["wrNEAR_S012_1"]},
        )
        told.picture = f"{scene.twin.stage.bases['wecom']}/qr/{made['config_id']}.png"
        kf = scene.twin.stage.kf.link("wkYIDIAN_S012", "poster-S012-kf")
        words = f"券在 {told.url}/c/abc 。群在 {told.url}/j/abc，客服 {kf}"
        account = scene.bot.accounts["oa-main"]
        scene.bot.answer = lambda one: (
            200,
            sealed_reply(account, text_reply(one, words))
            if one.account == "oa-main"
            else "success",
        )
        went = await played(
            scene,
            tmp_path,
            """
            - {who: 甲, scan: poster-S012-door}
            - {who: 甲, expect: {link: /j/abc}}
            - {who: 甲, open: coupon}
            - {who: 甲, expect: {page: 券码}}
            - {who: 甲, join: invited}
            - {expect: {contact: {who: 甲, groups: [良渚店邻居群]}}}
            - {who: 甲, open: kf}
            - {who: 甲, open: nowhere, refused: 没有 nowhere 链接}
            """,
        )
        assert went.failure is None, went.failure.line()
        assert scene.twin.stage.happenings[-1].act == "enter_kf"


async def test_a_running_twin_plays_the_scripts_of_its_world_one_at_a_time(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as scene:
        file = tmp_path / "quiet.yaml"
        file.write_text("- {who: 甲, expect: {nothing: 300ms}}\n", encoding="utf-8")
        script = load_script(file, YIDIAN)
        world = scene.twin.stage.world
        scene.twin.stage.world = replace(world, scripts=(script, replace(script, name="again")))
        first, second = await asyncio.gather(
            scene.control("play", {"script": "quiet"}), scene.control("play", {})
        )
        told = first if "scripts" in first else second
        assert "正在演另一个剧本" in {str(first.get("error")), str(second.get("error"))}
        assert told["ok"] is True
        assert told["book"]["lost"] == 0  # type: ignore[index]  # of decoded JSON
        wrong = await scene.control("play", {"script": "quite"})
        assert wrong["error"] == "没有剧本 quite，是不是 quiet？"
        steps = await scene.book("step")
        assert {one["script"] for one in steps} <= {"quiet", "again"}
