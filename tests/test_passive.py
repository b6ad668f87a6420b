"""Every type of passive reply, judged by wechatpy's own reply classes and parser."""

from datetime import UTC, datetime

import pytest
import xmltodict
from wechatpy import replies as theirs
from wechatpy.enterprise import parse_message

from bot.events import Alias, AliasKind, Event, MenuTapped, StaffSaid
from bot.platforms.envelope import Key, Seal
from bot.platforms.oa import reply as oa
from bot.platforms.oa.reply import Music, OaSaid, Transfer
from bot.platforms.outer import encrypt_of
from bot.platforms.passive import Article, News, Picture, Said, Text, Video, Voice, sealed_reply
from bot.platforms.tree import leaves, parse
from bot.platforms.wecom import reply as wecom
from bot.platforms.wecom.reply import UpdateButton, UpdateCard, WecomSaid
from tests.sealing import AES_KEY, NONCE, RECEIVER, TOKEN

NOW = datetime(2025, 10, 9, 8, 53, 21, tzinfo=UTC)
ADA, GH, CORP = "oAda", "gh_1", "ww0000000000000001"
HOSTILE = "a]]><X>1</X><![CDATA[b & <c> \u0000]]]]>"
ARTICLE = Article(title="领券", description="今天", pic_url="https://p/1.jpg", url="https://x/1")


def follower() -> Event:

    who = Alias(AliasKind.OA_OPENID, "wx1", ADA)
    return MenuTapped(account="oa", who=who, key="K", fields={"ToUserName": GH})


def employee() -> Event:
    fields = {"ToUserName": CORP, "FromUserName": "bo"}
    return StaffSaid(account="corp", staff="bo", text="hi", msg_id="1", fields=fields)


def fields_of(body: bytes) -> dict[str, object]:
    """What a parser that is not ours reads, in any order of elements."""
    read: dict[str, object] = xmltodict.parse(body)["xml"]
    return read


THEIRS: dict[str, tuple[Said | OaSaid, theirs.BaseReply]] = {
    "text": (Text(content="收到"), theirs.TextReply(content="收到")),
    "image": (Picture(media_id="M1"), theirs.ImageReply(image="M1")),
    "voice": (Voice(media_id="M2"), theirs.VoiceReply(voice="M2")),
    "video": (
        Video(media_id="M3", title="t", description="d"),
        theirs.VideoReply(video={"media_id": "M3", "title": "t", "description": "d"}),
    ),
    "music": (
        Music(thumb_media_id="M4", title="t", description="d", url="https://m", hq_url="https://h"),
        theirs.MusicReply(
            music={
                "thumb_media_id": "M4",
                "title": "t",
                "description": "d",
                "music_url": "https://m",
                "hq_music_url": "https://h",
            }
        ),
    ),
    "news": (
        News(articles=(ARTICLE,)),
        theirs.ArticlesReply(
            articles=[
                {
                    "title": "领券",
                    "description": "今天",
                    "image": "https://p/1.jpg",
                    "url": "https://x/1",
                }
            ]
        ),
    ),
    "transfer": (Transfer(), theirs.TransferCustomerServiceReply()),
}


@pytest.mark.parametrize(("said", "judge"), THEIRS.values(), ids=THEIRS.keys())
def test_every_type_reads_as_wechatpy_writes_it(said: OaSaid, judge: theirs.BaseReply) -> None:
    judge.source, judge.target, judge.time = GH, ADA, 1760000001

    assert fields_of(oa.reply(follower(), said, NOW)) == fields_of(judge.render().encode())


def test_a_message_may_be_handed_to_one_agent() -> None:
    written = leaves(parse(oa.reply(follower(), Transfer(agent="a@gh"), NOW)))

    assert written["MsgType"] == "transfer_customer_service"
    assert written["TransInfo.KfAccount"] == "a@gh"


SAID: list[Said] = [
    Text(content=HOSTILE),
    Picture(media_id=HOSTILE),
    Voice(media_id=HOSTILE),
    Video(media_id=HOSTILE, title=HOSTILE, description=HOSTILE),
    News(articles=(Article(title=HOSTILE, description=HOSTILE, pic_url=HOSTILE, url=HOSTILE),)),
]
OA_SAID: list[OaSaid] = [
    *SAID,
    Music(thumb_media_id=HOSTILE, title=HOSTILE),
    Transfer(agent=HOSTILE),
]
WECOM_SAID: list[WecomSaid] = [
    *SAID,
    UpdateButton(name=HOSTILE),
    UpdateCard(card=(("MainTitle", (("Title", HOSTILE), ("Desc", HOSTILE))),)),
]


@pytest.mark.parametrize("said", OA_SAID, ids=lambda said: type(said).__name__)
def test_no_words_break_out_of_an_official_accounts_answer(said: OaSaid) -> None:
    read = leaves(parse(oa.reply(follower(), said, NOW)))

    assert not any("X" in path.split(".") for path in read)
    assert HOSTILE.replace("\0", "") in read.values()


@pytest.mark.parametrize("said", WECOM_SAID, ids=lambda said: type(said).__name__)
def test_no_words_break_out_of_an_apps_answer_which_opens_again(said: WecomSaid) -> None:
    clear = wecom.reply(employee(), said, NOW)
    seal = Seal(token=TOKEN, keys=(Key(AES_KEY),), receivers=frozenset({RECEIVER}))
    body = sealed_reply(seal, clear, NONCE, 1760000001)

    opened = seal.open(
        encrypt_of(body),
        timestamp="1760000001",
        nonce=NONCE,
        msg_signature=leaves(parse(body))["MsgSignature"],
    )

    assert opened == clear
    read = leaves(parse(clear))
    assert (read["ToUserName"], read["FromUserName"]) == ("bo", CORP)
    assert HOSTILE.replace("\0", "") in read.values()
    assert not any("X" in path.split(".") for path in read)


def test_an_apps_answer_is_read_by_wechatpy() -> None:
    text = wecom.reply(employee(), Text(content="收到"), NOW).decode()

    assert parse_message(text).content == "收到"


@pytest.mark.parametrize(
    "said",
    [
        Text(content=" \n"),
        Text(content="\0"),
        Picture(media_id=""),
        Voice(media_id=""),
        Video(media_id="", title="t"),
        News(articles=()),
        News(articles=(ARTICLE,) * 2),
        News(articles=(Article(title="t", url=""),)),
        Music(thumb_media_id=""),
    ],
    ids=str,
)
def test_an_answer_that_says_nothing_or_too_much_is_not_written(said: OaSaid) -> None:
    with pytest.raises(ValueError, match="repl"):
        oa.reply(follower(), said, NOW)


def test_an_app_takes_eight_articles_and_no_button_without_a_name() -> None:
    eight = leaves(parse(wecom.reply(employee(), News(articles=(ARTICLE,) * 8), NOW)))

    assert eight["ArticleCount"] == "8"
    assert eight["Articles.item[7].Url"] == "https://x/1"
    for said in (News(articles=(ARTICLE,) * 9), UpdateButton(name="")):
        with pytest.raises(ValueError, match="repl"):
            wecom.reply(employee(), said, NOW)


def test_an_answer_to_nobody_is_not_written() -> None:
    nobody = MenuTapped(account="oa", key="K")

    with pytest.raises(ValueError, match="sender and a receiver"):
        oa.reply(nobody, Text(content="hi"), NOW)
