"""What of the rules the console's keyword replies for customer groups can say, and what not.

The console answers with fixed words when somebody @-mentions an employee or its assistant together
with a keyword (wecom/what-is-officially-possible.md section 3); it knows no member and no hour.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.actions import Speak
from bot.events import GroupSaid
from bot.facts import Content, Facts, Group, GroupFacts, Pool, PoolFacts, Situation
from bot.fit import Way, fit, words_of
from commands.parts.compose import PLAYBOOK
from keyword_rules.rule import TEXT, Mode, Phrase, Rule, Template, Where

FULL, CONTAINS = "完全匹配", "包含"
_PERSONAL = frozenset({
    "member_name", "code", "terms", "expires", "campaign_name", "coupon_url", "join_url",
})  # fmt: skip
_ONE_TO_ONE = frozenset({"grant", "invite", "coupons", "handover", "welcome"})
_STATIC = Way(no_image="要在后台另外上传")
_MODES = {
    Mode.EQUALS: FULL,
    Mode.CONTAINS: CONTAINS,
    Mode.PREFIX: CONTAINS,
    Mode.SUFFIX: CONTAINS,
    Mode.WORD: CONTAINS,
    Mode.SOUND: CONTAINS,
}
_LOOSER = {
    Mode.PREFIX: "后台没有「开头是」，改成了包含",
    Mode.SUFFIX: "后台没有「结尾是」，改成了包含",
    Mode.WORD: "后台不分词，改成了包含",
    Mode.SOUND: "后台不认同音字，错别字要另外补成关键词",
}
_CONDITIONS = {
    "tagged": "要有标签",
    "not_tagged": "不能有标签",
    "stage": "限阶段",
    "hours": "限时段",
    "weekdays": "限星期几",
    "dates": "限日期",
    "days": "限工作日或节假日",
    "share": "只对一部分人",
    "limits": "限次数",
    "nth": "看第几次",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One line of the console's table, for the groups whose words are the same."""

    rule: str
    mode: str
    keywords: tuple[str, ...]
    text: str
    groups: tuple[Group, ...]
    everywhere: bool  # in every group that was asked for
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A rule that the console cannot carry, and why."""

    rule: str
    why: str


def exported(
    rules: Iterable[Rule], content: Content, pools: Sequence[Pool]
) -> tuple[tuple[Reply, ...], tuple[Left, ...]]:
    """Return the lines for the groups of some pools, and the rules that have none and why."""
    replies: list[Reply] = []
    left: list[Left] = []
    for rule in rules:
        if TEXT not in rule.on or rule.say is None or not _meant_for(rule.where, pools):
            continue
        if why := _cannot(rule):
            left.append(Left(rule=rule.id, why=why))
            continue
        lines = list(_lines(rule, content, pools))
        replies += lines
        if not lines:
            left.append(Left(rule=rule.id, why="只打标签、不说话，或没有人设会说这个话题"))
    return tuple(replies), tuple(left)


def _meant_for(where: Where, pools: Sequence[Pool]) -> bool:
    if where.channel and "group" not in where.channel:
        return False
    return any(_here(where, pool, group) for pool in pools for group in pool.groups)


def _here(where: Where, pool: Pool, group: Group) -> bool:
    return (not where.group or pool.id in where.group) and (
        not where.store or group.store in where.store
    )


def _cannot(rule: Rule) -> str:
    if rule.dry_run:
        return "在试运行，还不回答"
    conditions = [text for name, text in _CONDITIONS.items() if getattr(rule.where, name)]
    if conditions:
        return f"后台没有这些条件：{'、'.join(conditions)}"
    say = rule.say
    if say is None or say.all or not say.any:
        return "要几个词同时出现，后台只能任一个"
    if all(phrase.mode is Mode.REGEX for phrase in say.any):
        return "用了正则，后台只有关键词"
    texts = [str(v) for step in rule.do for n, v in step.args.items() if n == "text"]
    if slots := {slot for text in texts for slot in Template.parse(text).slots} & _PERSONAL:
        return f"话里有因人而异的内容：{'、'.join(sorted(slots))}"
    return ""


def _lines(rule: Rule, content: Content, pools: Sequence[Pool]) -> Iterator[Reply]:
    said: dict[str, list[Group]] = {}
    everyone = sum(len(pool.groups) for pool in pools)
    for pool in pools:
        for group in pool.groups:
            if _here(rule.where, pool, group) and (text := _words(rule, content, pool, group)):
                said.setdefault(text, []).append(group)
    for text, groups in said.items():
        for mode in (FULL, CONTAINS):
            if phrases := [p for p in _phrases(rule) if _MODES[p.mode] == mode]:
                yield Reply(
                    rule=rule.id,
                    mode=mode,
                    keywords=tuple(phrase.text for phrase in phrases),
                    text=text,
                    groups=tuple(groups),
                    everywhere=len(groups) == everyone,
                    remark="；".join(_remarks(rule, phrases)),
                )


def _phrases(rule: Rule) -> tuple[Phrase, ...]:
    asked = rule.say.any if rule.say else ()
    return tuple(phrase for phrase in asked if phrase.mode is not Mode.REGEX)


def _words(rule: Rule, content: Content, pool: Pool, group: Group) -> str:
    """Return what the rule says in this group: for what is one member's own, the way to ask it."""
    facts = Facts(
        now=datetime(2000, 1, 1, tzinfo=UTC),  # nothing that is said here depends on the hour
        content=content,
        pools={pool.id: PoolFacts(pool=pool, groups=(GroupFacts(group=group),))},
        chat=group.chat,
        pool_of_chat=pool.id,
    )
    event = GroupSaid(account=pool.account, chat=group.chat, text="", msg_id="")
    situation = Situation(event=event, facts=facts)
    outputs = [o for step in rule.do for o in PLAYBOOK.steps[step.verb](situation, step)]
    said = {one.text: one for one in outputs if isinstance(one, Speak)}
    return words_of(fit(tuple(said.values()), _STATIC))


def _remarks(rule: Rule, phrases: Sequence[Phrase]) -> Iterator[str]:
    yield from dict.fromkeys(_LOOSER[p.mode] for p in phrases if p.mode in _LOOSER)
    if rule.say and len(_phrases(rule)) < len(rule.say.any):
        yield "后台没有正则，这条的正则没有填"
    if rule.say and rule.say.none:
        yield f"后台没有排除词，说到「{'、'.join(p.text for p in rule.say.none)}」也会回"
    if any(step.verb in _ONE_TO_ONE for step in rule.do):
        yield "一对一的事只指路，不在群里办"
    if any("image" in step.args for step in rule.do):
        yield "图片要在后台另外上传"
