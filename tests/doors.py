"""Members by many doors: a shop with passphrases and a link, and short ways to say what happens."""

from dataclasses import replace
from typing import Any

import orjson

from bot.codec import event_to_json
from bot.db import inbox
from bot.events import Alias, AliasKind, Event, KfEntered, MemberJoined
from config.nouns import Content
from tests.callbacks import CORP, said
from tests.little_shop import GROUPS, NOW, PETS, XIAODU, shop_content
from tests.rooms import Installed
from tests.sealing import RECEIVER

KF_LINK = "https://work.weixin.qq.com/kfid/kfc1?enc_scene=ENC1"


def content() -> Content:
    """The little shop with a link into customer service and passphrases for its first groups."""
    first, second, third = GROUPS
    groups = (
        replace(first, passphrase="良渚 喵喵"), replace(second, passphrase="良渚汪汪"), third,
    )  # fmt: skip
    talkative = replace(XIAODU, replies={**XIAODU.replies, "hours": ("找我们：{kf_link|没有}",)})
    shop = shop_content()
    return replace(
        shop,
        pools={"pets": replace(PETS, groups=groups)},
        personas={**shop.personas, "xiaodu": talkative},
        kf_link=KF_LINK,
    )


def openid(who: str) -> Alias:
    """A follower's name."""
    return Alias(AliasKind.OA_OPENID, RECEIVER, who)


def contact(who: str) -> Alias:
    """A contact's name."""
    return Alias(AliasKind.EXTERNAL_USERID, CORP, who)


async def tell(shop: Installed, event: Event) -> dict[str, Any]:
    """Let something happen that reaches us as an event of our own; return its trace."""
    number = await shop.one("SELECT count(*) FROM inbox")
    accepted = await shop.acceptor.record(
        inbox.Arrival(
            account=event.account,
            source="internal",
            dedupe=f"test-{number}",
            kind=type(event).__name__,
            body=event_to_json(event),
            received_us=shop.shop.clock(),
        )
    )
    await shop.decider.decide(accepted.id)
    trace: dict[str, Any] = orjson.loads(
        await shop.one("SELECT body FROM trace WHERE inbox_id = ?", accepted.id)
    )
    return trace


def entered(who: str, param: str) -> KfEntered:
    """Somebody opens customer service by a link with a parameter."""
    return KfEntered(
        account="corp", at=NOW, who=contact(who), kf="wk1", msg_id=f"m{who}{param}", scene="oa",
        scene_param=param, welcome_code="WC",
    )  # fmt: skip


async def joined(shop: Installed, who: str, chat: str = "wrPETS1") -> dict[str, Any]:
    """Somebody is seen in a group."""
    return await tell(shop, MemberJoined(account="corp", at=NOW, who=contact(who), chat=chat))


async def types(shop: Installed, who: str, words: str) -> str:
    """Let a follower type something; return the answer in clear."""
    number = await shop.one("SELECT count(*) FROM inbox") + 1000
    answer = await shop.say(who, said(who, words, number))
    return answer.decode() if answer else ""


async def names(shop: Installed, name: Alias) -> set[str]:
    """Return by which values the bearer of a name is known."""
    rows = await shop.rows(
        "SELECT value FROM alias WHERE person_id = (SELECT person_id FROM alias"
        " WHERE kind = ? AND value = ?)",
        name.kind, name.value,
    )  # fmt: skip
    return {row["value"] for row in rows}


async def shown_token(shop: Installed, who: str = "ada") -> str:
    """Let a follower be shown the link into customer service; return the token it carries."""
    answer = await types(shop, who, "几点")
    assert f"{KF_LINK}&scene_param=" in answer
    return answer.partition("scene_param=")[2][:22]
