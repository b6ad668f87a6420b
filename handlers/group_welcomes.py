"""The welcome of a group: it holds that group's own link into customer service.

One tap there and the persona answers one to one, knowing the group. The platform sends a welcome
only after the group's owner picked it (wecom/customer-contact.md section 5.3), so they are asked.
"""

from collections.abc import Iterable

from bot.actions import (
    MakeGroupLink,
    MakeGroupWelcome,
    MarkGroup,
    Output,
    ReadGroup,
    Remote,
    SendApp,
    Warn,
)
from bot.events import Event, GroupChanged, GroupLinkMade, GroupWelcomeMade
from bot.facts import GroupFacts, Pool, Situation
from handlers.personas import choose
from handlers.wording import render

_TITLE = "有事找店小二，一对一帮您办"
_DESCRIPTION = "领券、查券、进群、问门店，点开就说"
_NOTICE = "change_notice"


def changed(situation: Situation) -> Iterable[Output]:
    """Read a group again whose owner or name changed, or whose welcome is to say something else."""
    event, facts = situation.event, situation.facts
    if not isinstance(event, GroupChanged) or not facts.pool_of_chat:
        return
    if event.detail != _NOTICE:
        later = facts.now + facts.group_lag
        yield ReadGroup(account=event.account, chat=event.chat, not_before=later)


def missing(situation: Situation) -> Iterable[Output]:
    """Yield what the group's welcome still needs: its link first, then the welcome itself.

    Nothing when its pool wants no welcome, all is as wanted, or what is missing is owed already.
    """
    facts, group = situation.facts, situation.facts.group
    pool = facts.pools.get(facts.pool_of_chat)
    if group is None or pool is None or not _welcomed(pool.pool, group):
        return
    if not group.kf_link or group.kf != pool.pool.kf:
        account = situation.event.account
        link = MakeGroupLink(account=account, kf=pool.pool.kf, chat=group.group.chat)
        yield from _unless_asked(situation, link)
        return
    yield from _welcome(situation, pool.pool, group, group.kf_link)


def link_made(situation: Situation) -> Iterable[Output]:
    """Remember a group's link and put it into the welcome."""
    event, facts = situation.event, situation.facts
    if not isinstance(event, GroupLinkMade):
        return
    yield MarkGroup(chat=event.chat, kf=event.kf, kf_link=event.url)
    pool = facts.pools.get(facts.pool_of_chat)
    if facts.group and pool and _welcomed(pool.pool, facts.group) and pool.pool.kf == event.kf:
        yield from _welcome(situation, pool.pool, facts.group, event.url)


def welcome_made(situation: Situation) -> Iterable[Output]:
    """Remember the welcome, and ask the group's owner to pick it, once for each change."""
    event, group = situation.event, situation.facts.group
    if not isinstance(event, GroupWelcomeMade) or group is None:
        return
    yield MarkGroup(chat=event.chat, welcome=event.template, welcome_digest=event.digest)
    if (group.welcome, group.welcome_digest) == (event.template, event.digest):
        return
    if not group.owner:
        yield Warn(
            name=f"welcome-owner:{event.chat}:{event.digest}",
            text=f"「{group.group.name}」的入群欢迎语备好了，但不知道群主是谁：请群主在群里选用",
        )
        return
    yield _request(situation, event, group)


def _welcomed(pool: Pool, group: GroupFacts) -> bool:
    return bool(pool.kf and pool.group_welcome) and group.state == "open"


def _welcome(situation: Situation, pool: Pool, group: GroupFacts, url: str) -> Iterable[Output]:
    persona, _ = choose(situation)
    text = render(
        situation,
        pool.group_welcome,
        persona,
        group_name=group.group.name,
        passphrase=group.group.passphrase,
        kf_link=url,
    )
    wanted = MakeGroupWelcome(
        account=situation.event.account,
        chat=group.group.chat,
        text=text,
        title=_TITLE,
        description=_DESCRIPTION,
        url=url,
        template=group.welcome,
    )
    if wanted.digest != group.welcome_digest:
        yield from _unless_asked(situation, wanted)


def _unless_asked(situation: Situation, wanted: Remote) -> Iterable[Output]:
    if wanted.key() not in situation.facts.drafts.asked:
        yield wanted


def _request(situation: Situation, event: Event, group: GroupFacts) -> SendApp:
    name = group.group.name
    text = (
        f"群「{name}」的入群欢迎语换了内容，请在群聊右上角 → 入群欢迎语 里确认选用的是最新这条。"
        if group.welcome
        else f"请在群「{name}」右上角 → 入群欢迎语 里选用新备好的这条。"
        "选用之后，新进群的顾客会看到欢迎和「有事找店小二」的入口；不选用就不会发出。"
    )
    return SendApp(
        account=event.account,
        staff=group.owner,
        text=text,
        name=f"welcome:{group.group.chat}",
    )
