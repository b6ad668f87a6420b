"""One person by many doors: passphrases answered, tokens carried, wrong merges undone.

Who is who was settled while the facts were read; here is what is said and done about it.
"""

from collections.abc import Callable, Iterable, Sequence

from bot.actions import (
    Action,
    BindStore,
    MakeLinkToken,
    Output,
    Speak,
    Tag,
    UndoMerge,
    Verdict,
)
from bot.events import MergeUndone
from bot.facts import GroupFacts, Passphrase, PoolFacts, Situation
from handlers.coupons import give
from handlers.personas import choose, worded
from handlers.wording import kf_url, render

TAG = "身份/口令"
_TOPICS = {
    "linked": "passphrase_linked",
    "already": "passphrase_already",
    "seated": "passphrase_already",
    "ambiguous": "passphrase_choose",
    "wrong_group": "passphrase_wrong_group",
    "nobody": "passphrase_unknown",
}
_PLAIN = {
    "passphrase_linked": "对上了：您就是「{group_name}」里的那位，两边的福利合在一起了。",
    "passphrase_already": "您已经在「{group_name}」里啦，不用再对口令。",
    "passphrase_unknown": "还没在「{group_name}」里看到刚进群的您：请先进群，再发一次口令。",
    "passphrase_wrong_group": "这是「{group_name}」的口令，给您留的位置在别的群：请用那个群的。",
    "passphrase_choose": "「{group_name}」刚进来好几位，分不清哪位是您；回复“人工”，同事帮您对上。",
}
_BY_TAP = "「{group_name}」刚进来好几位，分不清哪位是您；点一下这里就能对上：{kf_link}"
Voice = Callable[[Situation, Sequence[Speak]], tuple[Sequence[Speak], Sequence[Action]]]


def passphrase(situation: Situation) -> Iterable[Output]:
    """Say what came of a passphrase; who was recognised by it gets what a seen join gets."""
    known = situation.facts.links.passphrase
    if known is None or situation.facts.silent:
        return
    pool = situation.facts.pools.get(known.pool)
    groups = pool.groups if pool else ()
    group = next((one for one in groups if one.group.chat == known.chat), None)
    if pool is None or group is None:
        return
    yield _words(situation, known, group)
    if known.outcome == "linked":
        yield Tag(name=TAG)
        yield from _as_joined(situation, pool, group)


def _words(situation: Situation, known: Passphrase, group: GroupFacts) -> Speak:
    persona, why = choose(situation)
    topic = _TOPICS[known.outcome]
    text, variant = worded(situation, persona, topic)
    by_tap = topic == "passphrase_choose" and kf_url(situation)
    return Speak(
        text=render(
            situation,
            text or (_BY_TAP if by_tap else _PLAIN[topic]),
            persona,
            group_name=group.group.name,
        ),
        persona=persona.name if persona else "",
        why=f"{why}；进群口令",
        topic=topic,
        variant=variant,
    )


def _as_joined(situation: Situation, pool: PoolFacts, group: GroupFacts) -> Iterable[Output]:
    for name in pool.pool.tags:
        yield Tag(name=name)
    if group.group.store:
        yield BindStore(store=group.group.store)
    if pool.pool.benefit:
        yield from give(situation, pool.pool.benefit)


def hearing(
    handler: Callable[[Situation], Iterable[Output]],
) -> Callable[[Situation], Iterable[Output]]:
    """Let a handler of customers' words be followed by the answer to a passphrase."""

    def both(situation: Situation) -> Iterable[Output]:
        yield from handler(situation)
        yield from passphrase(situation)

    return both


def carrying(voice: Voice) -> Voice:
    """Let a voice also remember the token of a link that its words show."""

    def both(
        situation: Situation, said: Sequence[Speak]
    ) -> tuple[Sequence[Speak], Sequence[Action]]:
        words, told = voice(situation, said)
        return words, (*told, *_carried(situation, words))

    return both


def _carried(situation: Situation, said: Sequence[Speak]) -> Iterable[Action]:
    links = situation.facts.links
    shown = links.token and any(links.token in words.text for words in said if not words.withheld)
    if shown and links.token_ends:
        yield MakeLinkToken(token=links.token, expires=links.token_ends)


def merge_undone(situation: Situation) -> Iterable[Output]:
    """Undo a merge that took two people for one, and answer whoever asked for it."""
    event, standing = situation.event, situation.facts.links.undoing
    if not isinstance(event, MergeUndone):
        return
    if standing == "standing":
        yield UndoMerge(merge=event.merge, by=event.by)
        yield Verdict(code="undone", text=f"第 {event.merge} 号合并已撤销，两人各归各")
    elif standing:
        yield Verdict(code="already_undone", text=f"第 {event.merge} 号合并早已撤销，没有改动")
    else:
        yield Verdict(code="no_such_merge", text=f"没有第 {event.merge} 号合并")
