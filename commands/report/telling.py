"""Tells a story in Chinese: the member first, then each event with why and what came of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from rich.console import Console

from bot.actions import Label, Remark, Send, SendKf, State, WelcomeContact
from bot.codec import action_from_json
from bot.db.reports import Owed
from bot.db.stories import Biography, Held, Sat
from commands.report.history import Chapter, Kept, Missed, Said, Story, Won
from commands.report.names import Names
from commands.report.reasons import Found, missed, won
from commands.report.showing import clean, when
from commands.report.words import (
    ALIASES,
    LINKED,
    LOCAL,
    REMOTE,
    STAGES,
    STATES,
    TRUTHS,
)

_LATE_US = 30_000_000  # from here on it is told how late an event was decided
_BAD = (State.FAILED, State.UNKNOWN, State.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells stories of one home."""

    out: Console
    names: Names
    zone: ZoneInfo

    def tell(self, story: Story) -> None:
        """Print a whole story."""
        if story.member:
            self._member(story.member)
        for other in story.also:
            self._say(f"这个名字还指另一位会员 {other}：python run.py why {other}")
        for chapter in story.chapters:
            self._chapter(chapter)
        if not story.chapters:
            self._say("还没有留下任何事件")

    def _say(self, text: str, style: str = "") -> None:
        self.out.print(clean(text), style=style or None)

    def _at(self, at_us: int) -> str:
        return when(at_us, self.zone)

    # --- the member ---

    def _member(self, member: Biography) -> None:
        self._say(f"会员 {member.id}", "bold")
        stage = STAGES.get(member.stage, member.stage)
        store = f"，归属 {self.names.store(member.store)}" if member.store else ""
        self._say(f"  {self._at(member.created_us)} 起，{stage}{store}")
        self._row("身份", (f"{ALIASES.get(a.kind, a.kind)} {a.value}" for a in member.aliases))
        self._row("标签", (f"{t.name}={t.value}" if t.value else t.name for t in member.tags))
        self._row("券", map(self._coupon, member.coupons))
        self._row("群", map(self._group, member.groups))
        self._row("合并", (f"{gone}（查明是同一个人）" for gone in member.merged))

    def _row(self, title: str, items: Iterable[str]) -> None:
        if text := "；".join(items):
            self._say(f"  {title}：{text}")

    def _coupon(self, held: Held) -> str:
        text = f"{held.code} {self.names.campaign(held.campaign)}"
        if held.same_as:
            text += f"（与 {held.same_as} 是同一张）"
        if held.redeemed_us is None:
            return f"{text}，{self._at(held.expires_us)[:10]} 前有效"
        store = self.names.store(held.redeemed_store)
        return f"{text}，{self._at(held.redeemed_us)} 在 {store} 核销"

    def _group(self, sat: Sat) -> str:
        left = f"，{self._at(sat.left_us)} 离开" if sat.left_us else ""
        return f"{self.names.group(sat.chat)} {self._at(sat.joined_us)} 进群{left}"

    # --- one event ---

    def _chapter(self, chapter: Chapter) -> None:
        happening, trace = chapter.happening, chapter.trace
        what = self.names.happened(chapter.event) if chapter.event else f"收到 {happening.kind}"
        account = self.names.account(happening.account)
        self._say("")
        self._say(f"{self._at(happening.happened_us)}  {account}  {what}", "bold")
        self._say(f"  事件 {happening.event_id}{_asides(chapter)}", "dim")
        if trace:
            self._reasons(trace)
            self._local(trace)
        if chapter.verdict:
            self._say(f"  答复收银：{chapter.verdict}")
        for one in chapter.effects:
            self._say(f"  对外 {self._effect(one)}", "red" if one.state in _BAD else "")

    def _reasons(self, trace: Kept) -> None:
        self._rules(trace)
        for said in trace.said:
            self._say(f"  说  {_said(said)}")
        if trace.unreachable:
            self._say("  有话要说，但没有能到达顾客的通道", "red")
        if trace.linked:
            how = "、".join(LINKED.get(one, one) for one in trace.linked.split("、"))
            self._say(f"  身份关联：由 {how} 认出是同一个人")

    def _rules(self, trace: Kept) -> None:
        """Tell which rules acted, which only would have, and which came near."""
        if trace.hits or trace.dry or trace.missed or trace.text:
            read = f"比较时看作「{trace.comparable}」，" if trace.text else ""
            self._say(f"  {read}规则版本 {trace.ruleset}", "dim")
        for hit in trace.hits:
            self._say(f"  命中 {_hit(hit)}", "green")
        for hit in trace.dry:
            self._say(f"  试运行 {_hit(hit)}，没有动作", "yellow")
        if trace.silent:
            self._say(f"  没有自动回复：{trace.silent}", "yellow")
        elif trace.text and not trace.hits:
            self._say("  没有规则命中，走兜底", "yellow")
        for miss in trace.missed:
            self._say(f"  差点 {_miss(miss)}", "dim")

    def _local(self, trace: Kept) -> None:
        told = [self._settled(action) for action in trace.actions]
        if text := "；".join(one for one in told if one):
            self._say(f"  当场 {text}")

    def _settled(self, action: Mapping[str, object]) -> str:
        words = LOCAL.get(str(action["kind"]))
        shown = {name: self.names.field(name, value) for name, value in action.items()}
        return words.format_map(shown) if words else ""

    def _effect(self, one: Owed) -> str:
        state = STATES.get(one.state, one.state)
        done = f" {self._at(one.done_us)}" if one.done_us else ""
        code = f"，错误码 {one.code}" if one.code else ""
        meaning = f"，{one.meaning}" if one.meaning else ""
        what = " ".join((REMOTE.get(one.kind, one.kind), *_details(one)))
        return f"#{one.id} {what}：{state}{done}{code}{meaning}"


def _asides(chapter: Chapter) -> str:
    return "".join(f"，{text}" for text in _asides_of(chapter))


def _asides_of(chapter: Chapter) -> Iterator[str]:
    happening = chapter.happening
    if chapter.trace and chapter.trace.new_member:
        yield "新会员"
    if happening.duplicates:
        yield f"平台又送来 {happening.duplicates} 次，只算一次"
    if happening.state == "quarantined":
        yield f"已隔离：{happening.error}"
    elif happening.decided_us is None:
        yield f"还没处理{'：' + happening.error if happening.error else ''}"
    elif happening.decided_us - happening.happened_us >= _LATE_US:
        yield f"{(happening.decided_us - happening.happened_us) // 1_000_000} 秒后才处理"


def _hit(hit: Won) -> str:
    found = Found(mode=hit.mode, words=hit.words, heard=hit.heard, captures=hit.captures)
    return won(hit.rule, found)


def _miss(miss: Missed) -> str:
    return missed(miss.rule, miss.why, miss.want, miss.got, miss.over)


def _said(said: Said) -> str:
    topic = f"话题 {said.topic} 第 {said.variant} 种说法" if said.variant else ""
    why = "；".join(filter(None, (said.why, topic)))
    voice = f"{said.persona or '无人设'}（{why}）" if why else said.persona
    if said.withheld:
        voice = f"{voice}【没有发出：{said.withheld}】"
    text = said.text.replace("\n", "\n      ") or "（只附卡片）"
    return f"【{TRUTHS.get(said.truth, said.truth)}】{voice}：{text}"


def _extras(sent: Send | SendKf) -> Iterator[str]:
    if sent.menu:
        yield f"菜单「{' / '.join(choice.content for choice in sent.menu)}」"
    if sent.link:
        yield f"链接「{sent.link.title}」"
    if sent.image:
        yield f"图片 {sent.image}"


def _details(one: Owed) -> Sequence[str]:
    try:
        action = action_from_json(one.kind, one.body)
    except (KeyError, ValidationError):
        return ()  # a kind that this version no longer has
    match action:
        case Label():
            return (*(f"+{name}" for name in action.add), *(f"-{name}" for name in action.remove))
        case Remark():
            return (action.text,)
        case WelcomeContact():
            return tuple(f"附「{card.title}」" for card in action.attachments)
        case Send() | SendKf():
            return tuple(_extras(action))
        case _:
            return ()
