"""What is found late is handled like the real thing, but for what only makes sense at once."""

from bot.actions import AskGroup, MarkGap, MarkGroup, Speak, Warn
from bot.events import (
    AddFound,
    ComparisonRefused,
    FollowFound,
    GroupShown,
    JoinFound,
    ReconcileDue,
)
from bot.facts import ListedFacts
from handlers import found, group_lists, groups, reconcile
from tests.listed_world import CHAT, STAFF
from tests.little_shop import NOW
from tests.situations import ADA, ADA_AT_WECOM, given, only

RUN = "1760000000000000"


def late(**more: object) -> AddFound:
    made: dict[str, object] = {"state": "staff-xiaowang", "run": RUN, **more}
    return AddFound(account="corp", at=NOW, who=ADA_AT_WECOM, staff=STAFF, **made)  # type: ignore[arg-type]  # fields of a test


def test_what_is_found_late_is_written_down_but_when_it_is_no_news() -> None:
    added = found.unless_overtaken(found.added)
    assert only(MarkGap, added(given(late())))
    assert [*added(given(late(), listed=ListedFacts(overtaken=True)))] == []


def test_nothing_is_said_to_who_is_found_late_but_to_a_member_of_a_group() -> None:
    quiet = found.unsaid(lambda _situation, said: (said, ()))
    hello = [*groups.member_joined(given(_joined()))]
    words = only(Speak, hello)
    withheld, _ = quiet(given(late()), words)
    assert all(one.withheld for one in withheld)
    said, _ = quiet(given(_joined()), words)
    assert not any(one.withheld for one in said)


def test_a_group_that_cannot_be_read_and_is_not_listed_may_be_gone() -> None:
    event = ComparisonRefused(
        account="corp", run=RUN, part="groups", about=CHAT, code=60011, meaning="x", listed=False
    )
    outputs = [*reconcile.refused(given(event))]
    assert [one.certain for one in only(MarkGap, outputs)] == [False]
    assert only(Warn, outputs) and not only(MarkGroup, outputs)


def test_a_group_that_is_gone_is_closed() -> None:
    event = GroupShown(account="corp", run=RUN, chat=CHAT, begun=NOW, gone=True)
    outputs = [*group_lists.group_shown(given(event))]
    assert [one.state for one in only(MarkGroup, outputs)] == ["dismissed"]
    assert [one.certain for one in only(MarkGap, outputs)] == [True]


def test_each_known_group_is_asked_for_and_an_unlisted_one_says_so() -> None:
    event = ReconcileDue(account="corp", run=RUN)
    listed = ListedFacts(chats={CHAT: True, "wrPETS2": False})
    asks = group_lists.asks_of_pools(given(event, listed=listed), RUN, listed=True)
    asked = [(one.chat, one.listed) for one in only(AskGroup, asks)]
    assert asked == [(CHAT, True), ("wrPETS2", False)]
    asks = group_lists.asks_of_pools(given(event, listed=listed), RUN, listed=False)
    assert all(one.listed for one in only(AskGroup, asks)), "without a list none is missing in it"


def test_a_follower_from_before_is_bound_to_the_store_of_their_poster() -> None:
    event = FollowFound(
        account="oa", at=NOW, who=ADA, run=RUN, scene="poster-S012-door", earlier=True
    )
    kinds = [type(one).__name__ for one in found.followed(given(event))]
    assert kinds == ["MarkReach", "BindStore"]


def _joined() -> JoinFound:
    return JoinFound(account="corp", at=NOW, who=ADA_AT_WECOM, chat=CHAT, run=RUN, joined=1)
