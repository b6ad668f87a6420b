"""Every type of customer-service message, and 正在输入, made by our client at the twin."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.actions import Attachment, Choice, Receipt, Reply, Send, ShowTyping, State
from bot.platforms.call import Call, ask
from bot.platforms.oa import sending
from bot.platforms.oa.api.messages import (
    SayArticle,
    SayCard,
    SayMaterial,
    SayMenu,
    SayMiniProgram,
    SayMusic,
    SayNews,
    SayPicture,
    SayText,
    SayVideo,
    SayVoice,
    WriteTyping,
)
from tests.pictures import PNG
from tests.twin_bot import Scene, on_stage
from tests.way_out import way_out

AGENT = "xiaoyi@gh_yidian"
PAGE = "https://shop.example/m"
MENU = (Choice(id="m1", content="领券"), Choice(id="m2", content="地址"))


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Show a follower who has just written, and an account with a desk and material."""
    async with on_stage(tmp_path) as one:
        stage = one.twin.stage
        known = replace(stage.world.oa[0], assets=("MP1", "ART1", "CARD1"), kf_accounts=(AGENT,))
        stage.world = replace(stage.world, oa=(known,))
        await one.do("follow", "甲")
        await one.do("type", "甲", text="在吗")
        yield one


async def told(scene: Scene, call: Call[None]) -> Receipt:
    async with way_out(scene, "oa") as port:
        return (await ask(port, call)).receipt


async def sent(scene: Scene, action: Reply | Send, media: Path | None = None) -> Receipt:
    async with way_out(scene, "oa") as port:
        return await sending.say(action, replace(port, media=media), 1)


async def asked(scene: Scene, api: str = "send") -> list[Any]:
    """Return the arguments of the calls that the platform took."""
    calls: list[Any] = await scene.book("call")
    path = f"/cgi-bin/message/custom/{api}"
    return [one["args"] for one in calls if one["api"] == path and one["errcode"] == 0]


async def uploaded(scene: Scene, kind: str, name: str) -> str:
    answer = await scene.upload("oa", "media/upload", (name, PNG), type=kind)
    return str(answer.get("media_id") or answer["thumb_media_id"])


async def test_words_arrive_whole_up_to_what_a_message_holds(scene: Scene) -> None:
    openid = scene.openid("甲")
    assert (await told(scene, SayText(openid=openid, text="长" * 700))).state is State.DONE
    (args,) = await asked(scene)
    content = args["text"]["content"]
    assert (len(content.encode()), content[-1]) == (2046, "…")
    assert (await told(scene, SayText(openid=openid, text=""))).code == 44004


async def test_every_type_is_taken(scene: Scene) -> None:
    openid = scene.openid("甲")
    image, voice, video, thumb = [
        await uploaded(scene, kind, name)
        for kind, name in (
            ("image", "a.png"), ("voice", "a.mp3"), ("video", "a.mp4"), ("thumb", "a.jpg"),
        )
    ]  # fmt: skip
    calls: list[Call[None]] = [
        SayPicture(openid=openid, media_id=image),
        SayVoice(openid=openid, media_id=voice),
        SayVideo(openid=openid, media_id=video, thumb_media_id=thumb, title="周末"),
        SayMusic(openid=openid, thumb_media_id=thumb, url=PAGE, title="歌"),
        SayNews(openid=openid, title="会员", url=PAGE, description="权益"),
        SayMaterial(openid=openid, media_id="MP1"),
        SayArticle(openid=openid, article_id="ART1"),
        SayMenu(openid=openid, head="您好", lines=MENU, tail="点一下"),
        SayCard(openid=openid, card_id="CARD1"),
        SayMiniProgram(
            openid=openid, title="商城", appid="wxmini", path="pages/a", thumb_media_id=thumb
        ),
    ]
    for call in calls:
        await scene.do("type", "甲", text="再来")  # five after each of theirs
        receipt = await told(scene, call)
        assert receipt.state is State.DONE, (type(call).__name__, receipt)
    types = [args["msgtype"] for args in await asked(scene)]
    assert types == [
        "image", "voice", "video", "music", "news", "mpnews", "mpnewsarticle", "msgmenu", "wxcard",
        "miniprogrampage",
    ]  # fmt: skip


async def test_what_the_platform_lost_or_never_had_is_refused(scene: Scene) -> None:
    openid = scene.openid("甲")
    codes = [
        (await told(scene, call)).code
        for call in (
            SayPicture(openid=openid, media_id="gone"),
            SayMaterial(openid=openid, media_id="gone"),
            SayText(openid="nobody", text="您好"),
        )
    ]
    assert codes == [40007, 40007, 40003]


async def test_a_message_comes_from_the_desk_and_says_that_a_machine_wrote_it(scene: Scene) -> None:
    openid = scene.openid("甲")
    call = SayText(openid=openid, text="您好", agent=AGENT, generated=True)
    assert (await told(scene, call)).state is State.DONE
    (args,) = await asked(scene)
    assert args["customservice"] == {"kf_account": AGENT}
    assert args["aimsgcontext"] == {"is_ai_msg": 1}
    strange = replace(call, agent="nobody@gh_yidian")
    assert (await told(scene, strange)).code == 61452


async def test_five_messages_follow_one_of_theirs_and_none_comes_unasked(scene: Scene) -> None:
    call = SayText(openid=scene.openid("甲"), text="您好")
    codes = [(await told(scene, call)).code for _ in range(6)]
    assert codes == [0] * 5 + [45047]
    await scene.control("clock", {"jump_s": 48 * 3600 + 1})
    assert (await told(scene, call)).code == 45015


async def test_typing_shows_once_and_its_refusals_are_no_trouble(scene: Scene) -> None:
    openid = scene.openid("甲")
    assert (await told(scene, WriteTyping(openid=openid))).code == 0
    assert (await told(scene, WriteTyping(openid=openid))).code == 45081
    assert (await told(scene, WriteTyping(openid=openid, shown=False))).code == 0
    await scene.control("clock", {"jump_s": 31})
    async with way_out(scene, "oa") as port:
        late = await sending.show_typing(ShowTyping(account=port.account, openid=openid), port)
    assert (late.state, late.code) == (State.SKIPPED, 45080)
    assert late.meaning.startswith("没有显示「正在输入」")
    assert len(await asked(scene, "typing")) == 2


# --- what an effect becomes ---


async def test_a_menu_keeps_to_what_a_message_holds(scene: Scene) -> None:
    lines = tuple(Choice(id=f"m{n}", content="行" * 42) for n in range(10))
    send = Send(account="oa", openid=scene.openid("甲"), text="长" * 340, menu=lines)
    assert (await sent(scene, send)).state is State.DONE
    (args,) = await asked(scene)
    menu = args["msgmenu"]
    assert [one["id"] for one in menu["list"]] == [f"m{n}" for n in range(10)]
    assert menu["head_content"].endswith("…")


async def test_a_test_account_reads_the_menu_in_the_text(scene: Scene) -> None:
    stage = scene.twin.stage
    account = replace(stage.world.oa[0], is_test_account=True)
    stage.world = replace(stage.world, oa=(account,))
    send = Send(account="oa", openid=scene.openid("甲"), text="您好", menu=MENU)
    assert (await sent(scene, send)).state is State.DONE
    (args,) = await asked(scene)
    assert args["text"]["content"] == "您好\n回复：领券 / 地址"


async def test_a_link_is_a_card_and_an_answer_is_text(scene: Scene) -> None:
    openid = scene.openid("甲")
    link = Attachment(title="会员", url=PAGE, description="权益", picture=f"{PAGE}.png")
    await sent(scene, Send(account="oa", openid=openid, text="", link=link))
    await sent(scene, Reply(account="oa", openid=openid, text="您好"))
    card, words = await asked(scene)
    (article,) = card["news"]["articles"]
    assert article == {
        "title": "会员", "description": "权益", "url": PAGE, "picurl": f"{PAGE}.png"
    }  # fmt: skip
    assert words["text"]["content"] == "您好"


async def test_a_picture_is_uploaded_and_sent_and_anew_when_it_was_lost(
    scene: Scene, tmp_path: Path
) -> None:
    (tmp_path / "map.png").write_bytes(PNG)
    send = Send(account="oa", openid=scene.openid("甲"), text="", image="map.png")
    receipt = await sent(scene, send, tmp_path)
    assert receipt.state is State.DONE
    ((name, kept),) = receipt.remember.items()
    (args,) = await asked(scene)
    assert name.startswith("media:")
    assert kept.startswith(args["image"]["media_id"])


@pytest.mark.parametrize(
    ("content", "why"), [(b"text", "不是 JPG 或 PNG"), (PNG + bytes(2_000_000), "超过 2 MiB")]
)
async def test_what_no_account_takes_as_a_picture_is_never_sent(
    scene: Scene, tmp_path: Path, content: bytes, why: str
) -> None:
    (tmp_path / "map.png").write_bytes(content)
    send = Send(account="oa", openid=scene.openid("甲"), text="", image="map.png")
    receipt = await sent(scene, send, tmp_path)
    assert (receipt.state, why in receipt.meaning) == (State.FAILED, True)
    assert await asked(scene) == []
