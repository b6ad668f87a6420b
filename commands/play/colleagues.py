"""What employees ask: the bot in their own group, and the app on their phones."""

from commands.play.story import OWNER
from commands.play.theatre import Theatre

_INNER = "wrINNER_S012"
_COLLEAGUE = "dianzhang"


async def asked_in_the_inner_group(play: Theatre) -> None:
    """15. The bot is mentioned in the employees' group: it answers there, naming no customer."""
    for text, answer in (("今天谁没领券？", "还没有「新人"), ("店里能停车吗", "车位")):
        done = await play.act(
            15, OWNER, f"在店员群 @店小二「{text}」", "mention_bot", patient=True,
            chat_id=_INNER, text=text,
        )  # fmt: skip
        await play.settled()
        for who in (OWNER, _COLLEAGUE):
            play.promise(15, who, "shown", answer, happening=done["happening"])
    for customer in ("甲", "丙"):
        contact = await play.twin.get(f"contact/{customer}")
        for openid in contact["openids"].values():
            play.promise(15, _COLLEAGUE, "not_shown", openid)


async def asked_in_the_app(play: Theatre) -> None:
    """15. An employee asks the app what was redeemed today."""
    done = await play.act(
        15, OWNER, "在应用里问「今天核销」", "app_type", patient=True, text="今天核销"
    )
    await play.settled()
    play.promise(15, OWNER, "shown", "核销", happening=done["happening"])
    play.promise(15, _COLLEAGUE, "not_shown", "今天核销")


SCENES = (asked_in_the_inner_group, asked_in_the_app)
