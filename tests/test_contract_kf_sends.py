"""What is said in customer service, in every form, by our client at the twin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.platforms.call import ask
from bot.platforms.checks import Unfit
from bot.platforms.kf.api.messages import (
    Body,
    Click,
    KfAcquisition,
    KfLink,
    KfMedia,
    KfMenu,
    KfMiniProgram,
    KfPlace,
    KfText,
    Plain,
    Program,
    View,
)
from bot.platforms.kf.api.sends import SayOnEvent, SendKfMessage
from bot.platforms.port import Port
from bot.platforms.wecom.api.acquisition import CreateLink, Link
from bot.platforms.wecom.api.media import KeepCorpMedia
from bot.platforms.wire import File
from tests.twin_bot import Scene, on_stage
from tests.twin_kf import KF, spoken
from tests.way_out import way_out

MENU = KfMenu(
    head="想了解什么？",
    lines=(
        Click(id="group", text="进群"),
        View(url="https://shop.example/", text="看券"),
        Program(appid="wx123", page="pages/index", text="小程序"),
        Plain(text="回复数字也可以", joined=True),
    ),
    tail="点一下就好",
)
FILES = {
    "image": File(name="a.png", content=b"\x89PNG\r\n\x1a\nrest"),
    "voice": File(name="a.amr", content=b"#!AMR\nvoice"),
    "video": File(name="a.mp4", content=b"0000ftypmp42"),
    "file": File(name="a.pdf", content=b"%PDF-1.7"),
}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def kept(port: Port, kind: str) -> str:
    """Keep a file of a kind at the platform and return its media id."""
    told = await ask(port, KeepCorpMedia(file=FILES[kind], kind=kind))
    assert told.value
    return told.value


async def test_every_kind_of_message_reaches_a_customer(scene: Scene) -> None:
    await spoken(scene)
    member = scene.external("甲")
    async with way_out(scene, "kf") as port:
        picture = await kept(port, "image")
        made = await ask(port, CreateLink(link=Link(name="小王", staff=("xiaowang",))))
        assert made.value is not None
        said: tuple[Body, ...] = (
            KfText(text="您好"),
            MENU,
            *[KfMedia(kind=kind, media=await kept(port, kind)) for kind in FILES],
            KfLink(title="会员", url="https://shop.example/m", picture=picture, description="d"),
            KfMiniProgram(appid="wx123", page="p", picture=picture, title="会员"),
            KfPlace(latitude=30.35, longitude=120.03, name="良渚店", address="良渚街道"),
            KfAcquisition(url=made.value.url),
        )
        for number, one in enumerate(said):
            await scene.do("kf_type", "甲", text=f"第 {number} 问")
            call = SendKfMessage(kf=KF, member=member, message=one, msgid=f"m-{number}")
            told = await ask(port, call)
            assert told.value == f"m-{number}", (one.kind, told.receipt)
    ours = [one for one in await scene.phone("甲") if one["via"] == "kf"]
    assert len(ours) == len(said)


async def test_the_sixth_message_without_an_answer_is_refused(scene: Scene) -> None:
    await spoken(scene)
    async with way_out(scene, "kf") as port:
        codes = [
            (
                await ask(
                    port,
                    SendKfMessage(
                        kf=KF, member=scene.external("甲"), message=KfText(text=f"{number}")
                    ),
                )
            ).receipt.code
            for number in range(6)
        ]
    assert codes == [0, 0, 0, 0, 0, 95001]


async def test_a_customer_silent_for_two_days_cannot_be_written_to(scene: Scene) -> None:
    await spoken(scene)
    await scene.control("clock", {"jump_s": 172_801})
    call = SendKfMessage(kf=KF, member=scene.external("甲"), message=KfText(text="还在吗"))
    async with way_out(scene, "kf") as port:
        told = await ask(port, call)
    assert told.receipt.code in (95002, 95018) and told.receipt.state is State.FAILED


async def test_a_welcome_goes_out_once_by_its_code(scene: Scene) -> None:
    entered = await scene.do("enter_kf", "甲")
    code = str(entered["welcome_code"])
    async with way_out(scene, "kf") as port:
        told = await ask(port, SayOnEvent(code=code, message=MENU, msgid="w-1"))
        again = await ask(port, SayOnEvent(code=code, message=KfText(text="您好"), msgid="w-2"))
        none = await ask(port, SayOnEvent(code="nothing", message=KfText(text="您好")))
    assert told.value == "w-1"
    # The platform's own key at work: something was said by this code.
    assert again.receipt.code == 41051
    assert none.receipt.code == 41050


async def test_a_welcome_is_late_after_twenty_seconds(scene: Scene) -> None:
    code = str((await scene.do("enter_kf", "甲"))["welcome_code"])
    await scene.control("clock", {"jump_s": 21})
    async with way_out(scene, "kf") as port:
        told = await ask(port, SayOnEvent(code=code, message=KfText(text="欢迎")))
    assert told.receipt.code == 41050 and told.receipt.state is State.FAILED


@pytest.mark.parametrize(
    "message",
    [
        KfText(text=""),
        KfText(text="好" * 683),
        KfMedia(kind="sticker", media="m"),
        KfMedia(kind="image", media=""),
        KfLink(title="", url="u", picture="m"),
        KfLink(title="t", url="u", picture=""),
        KfLink(title="t" * 129, url="u", picture="m"),
        KfMiniProgram(appid="a", page="p", picture="m", title="t" * 65),
        KfMiniProgram(appid="", page="p", picture="m"),
        KfPlace(latitude=91, longitude=0),
        KfAcquisition(url=""),
        KfMenu(head="h" * 1025),
        KfMenu(lines=(Plain(text="t"),) * 11),
        KfMenu(lines=(Click(id="", text="t"),)),
        KfMenu(lines=(Click(id="i" * 65, text="t"),)),
        KfMenu(lines=(Click(id="i", text="t" * 129),)),
        KfMenu(lines=(View(url="u", text="t" * 1025),)),
        KfMenu(lines=(Program(appid="a" * 33, page="p", text="t"),)),
        KfMenu(lines=(Plain(text="t" * 257),)),
    ],
)
def test_what_would_be_refused_is_never_sent(message: Body) -> None:
    with pytest.raises(Unfit):
        SendKfMessage(kf=KF, member="m", message=message).body()


def test_an_id_that_would_be_refused_is_never_sent() -> None:
    with pytest.raises(Unfit, match="msgid"):
        SendKfMessage(kf=KF, member="m", message=KfText(text="t"), msgid="有中文").body()
    with pytest.raises(Unfit, match="code"):
        SayOnEvent(code="", message=KfText(text="t")).body()
