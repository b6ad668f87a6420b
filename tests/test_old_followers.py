"""Who followed before we listened is asked for at their first word, tap or scan, and once only."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bot.actions import Output, ReadProfile
from bot.events import ContactAdded, Event, MenuTapped, Notice, Scanned, TextSaid
from bot.facts import Situation
from bot.member import Reach
from handlers import arrivals
from tests.doors import contact, content, names, openid, tell, types
from tests.little_shop import NOW
from tests.rooms import Plans, installed
from tests.situations import ADA, ADA_AT_WECOM, given, member, only

FIRST: tuple[tuple[Callable[[Situation], Iterable[Output]], Event], ...] = (
    (arrivals.spoke, TextSaid(account="oa", at=NOW, who=ADA, text="领券", msg_id="1")),
    (arrivals.touched, MenuTapped(account="oa", at=NOW, who=ADA, key="new")),
    (arrivals.scanned, Scanned(account="oa", at=NOW, who=ADA, scene="poster-S012-door")),
    (arrivals.noticed, Notice(account="oa", at=NOW, who=ADA, kind="oa.msg.image")),
)


@pytest.mark.parametrize(("handler", "event"), FIRST)
def test_the_first_that_is_heard_of_a_follower_asks_who_it_is(
    handler: Callable[[Situation], Iterable[Output]], event: Event
) -> None:
    asked = only(ReadProfile, handler(given(event, member=member(reaches=()))))
    assert [(one.account, one.alias) for one in asked] == [("oa", ADA)]
    heard = member(reaches=(Reach(account="oa", channel="oa", address=ADA.value),))
    assert only(ReadProfile, handler(given(event, member=heard))) == []


def test_one_heard_of_at_another_account_is_asked_for_here() -> None:
    event = TextSaid(account="oa", at=NOW, who=ADA, text="领券", msg_id="1")
    heard = member(reaches=(Reach(account="other", channel="oa", address=ADA.value),))
    assert only(ReadProfile, arrivals.spoke(given(event, member=heard)))
    at_wecom = TextSaid(account="corp", at=NOW, who=ADA_AT_WECOM, text="领券", msg_id="1")
    assert only(ReadProfile, arrivals.spoke(given(at_wecom, member=None))) == []


async def test_an_old_follower_and_a_new_contact_are_one_member(tmp_path: Path) -> None:
    async with installed(tmp_path, Plans(content=content)) as shop:
        shop.platform.world.unionids |= {"ada": "U-ADA", "wm-ada": "U-ADA"}
        await types(shop, "ada", "几点")
        await shop.settle_down()
        await types(shop, "ada", "几点")
        await shop.settle_down()
        assert len(shop.platform.to("user/info")) == 1
        await tell(shop, ContactAdded(account="corp", at=NOW, who=contact("wm-ada"), staff="bo"))
        await shop.settle_down()
        assert await names(shop, openid("ada")) == {"ada", "wm-ada", "U-ADA"}
