"""The followers of an Official Account as its list has them, compared with those we know."""

from collections.abc import Iterable, Sequence

from bot.actions import AskFollowers, AskProfiles, MarkCompared, Output, Tell
from bot.events import (
    Alias,
    AliasKind,
    FollowersListed,
    FollowersShown,
    FollowFound,
    Listed,
    UnfollowFound,
)
from bot.facts import Situation, Standing
from handlers.listing import (
    ASKED_WITHIN,
    FOLLOWERS,
    LABELS,
    is_earlier,
    is_news,
    labelled_again,
    moment_of,
    paged,
    settled,
)

_PROFILES = 100  # oa/api.md section 5


def followers_listed(situation: Situation) -> Iterable[Output]:
    """Ask who the followers are that we do not know, and once a day what labels they wear.

    At the end of the list ask also for those who should have been in it: a list that changes while
    it is read is not the last word.
    """
    event, listed = situation.event, situation.facts.listed
    if not isinstance(event, FollowersListed):
        return
    known = listed.known
    news = [one for one in event.openids if one not in known or not known[one].on]
    gone = [one for one, standing in listed.unlisted.items() if settled(standing, event.begun)]
    asks = [*_asks(event, [*news, *gone], FOLLOWERS)]
    looks = [*_asks(event, listed.labelled, LABELS)]
    yield from (*asks, *looks)
    if looks:
        yield MarkCompared(run=event.run, part=LABELS, waiting=len(looks))
    counted = MarkCompared(
        run=event.run, part=FOLLOWERS, compared=len(event.openids), waiting=len(asks)
    )
    further = AskFollowers(
        account=event.account, run=event.run, cursor=event.cursor, begun=event.begun,
        deadline=event.begun + ASKED_WITHIN,
    )  # fmt: skip
    yield from paged(situation, counted, further)


def _asks(event: FollowersListed, openids: Sequence[str], part: str) -> Iterable[AskProfiles]:
    for start in range(0, len(openids), _PROFILES):
        yield AskProfiles(
            account=event.account, run=event.run, part=part,
            openids=tuple(openids[start : start + _PROFILES]),
            deadline=event.begun + ASKED_WITHIN,
        )  # fmt: skip


def _unfollowed(situation: Situation, event: FollowersShown, openid: str) -> Tell:
    return Tell(
        name=f"unfollow:{openid}:{event.run}",
        event=UnfollowFound(
            account=event.account,
            at=event.at,
            who=_follower(situation, openid),
            run=event.run,
        ),
    )


def followers_shown(situation: Situation) -> Iterable[Output]:
    """Tell of followers we had not heard of, of those who left, and of labels that differ."""
    event, facts = situation.event, situation.facts
    if not isinstance(event, FollowersShown):
        return
    looked = len(event.followers) if event.part == LABELS else 0
    yield MarkCompared(run=event.run, part=event.part, compared=looked, waiting=-1)
    for one in event.followers:
        known = facts.listed.known.get(one.member)
        if not one.follows:
            if known and known.on and settled(known, facts.now):
                yield _unfollowed(situation, event, one.member)
        elif is_news(one, known, facts.now):
            yield _followed(situation, event, one, known)
        elif event.part == LABELS:
            yield from labelled_again(situation, event.run, one.member)


def _followed(
    situation: Situation, event: FollowersShown, one: Listed, known: Standing | None
) -> Tell:
    since = moment_of(one.since)
    wrong = known is not None and known.guessed
    at = event.at if wrong or since is None else since
    return Tell(
        name=f"follow:{one.member}:{event.run if wrong else one.since}",
        event=FollowFound(
            account=event.account,
            at=at,
            who=_follower(situation, one.member),
            run=event.run,
            scene=one.state,
            unionid=one.unionid,
            earlier=is_earlier(situation, since),
        ),
    )


def _follower(situation: Situation, openid: str) -> Alias:
    return Alias(AliasKind.OA_OPENID, situation.facts.listed.scope, openid)
