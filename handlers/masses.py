"""Mass messages 企业群发: whom one goes to, by which employee, and what to do until all confirmed.

The platform sends none by itself: an employee taps, or nothing happens.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.actions import (
    CancelMass,
    MakeMass,
    MarkMassPart,
    NoteMassResults,
    OpenMass,
    Output,
    PromiseMass,
    ReadMass,
    RemindMass,
    StopMass,
    Verdict,
    Warn,
)
from bot.actions.mass import MOST_CUSTOMERS, MOST_GROUPS, MOST_RECEIVERS, MOST_REMINDERS
from bot.events import MassAsked, MassDue, MassMade, MassNudged, MassRead, MassStopped
from bot.facts import Candidate, MassFacts, MassPart, Situation
from handlers.consent import FEWER, OPTED_OUT

TAP = "需员工确认"
CAPPED, NO_STAFF, UNSUBSCRIBED, WANTS_FEWER = "capped", "no_staff", "opted_out", "fewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who gets a mass message by which employee, and who was left out for which reason."""

    by_staff: Mapping[str, tuple[str, ...]]
    left: Mapping[str, int]
    capped: tuple[str, ...]

    @property
    def count(self) -> int:
        """Return how many get it."""
        return sum(map(len, self.by_staff.values()))


def audience(facts: MassFacts) -> Audience:
    """Sort candidates into those who get it, by employee, and those who do not, by reason."""
    chosen: dict[str, list[str]] = {}
    left: dict[str, list[str]] = {}
    for one in facts.candidates:
        why = _left_out(one, facts)
        into = left.setdefault(why, []) if why else chosen.setdefault(one.staff, [])
        into.append(one.receiver)
    counts = {why: len(found) for why, found in left.items()}
    if facts.unreached:
        counts[NO_STAFF] = counts.get(NO_STAFF, 0) + facts.unreached
    return Audience(
        by_staff={staff: tuple(found) for staff, found in sorted(chosen.items())},
        left=dict(sorted(counts.items())),
        capped=tuple(left.get(CAPPED, ())),
    )


def _left_out(one: Candidate, facts: MassFacts) -> str:
    if not one.staff:
        return NO_STAFF
    if OPTED_OUT in one.wishes:
        return UNSUBSCRIBED
    if FEWER in one.wishes:  # a mass message is what they meant by too many
        return WANTS_FEWER
    return CAPPED if facts.cap and one.had >= facts.cap.most else ""


def asked(situation: Situation) -> Iterable[Output]:
    """Promise and owe one task an employee, or as many as the platform's size asks for."""
    event, facts = situation.event, situation.facts.mass
    if not isinstance(event, MassAsked) or facts is None:
        return
    if facts.known:
        yield _known(event.mass, taken=facts.taken)
        return
    found = audience(facts)
    if not 0 < found.count <= MOST_RECEIVERS:
        yield _no_mass(found)
        return
    yield OpenMass(
        mass=event.mass, letter=event.letter, selection=event.selection,
        left=tuple(found.left.items()), capped=found.capped,
    )  # fmt: skip
    yield from _parts(situation, event, found)
    yield Verdict(
        code="made",
        text=f"群发 {event.mass}：{found.count} 个接收方，{len(found.by_staff)} 位员工，{TAP}",
        details={"receivers": str(found.count), "staff": str(len(found.by_staff))},
    )


def _known(mass: str, *, taken: bool) -> Verdict:
    if taken:
        return Verdict(code="taken", text=f"已经有名为 {mass} 的另一个群发：换一个名字。没有建")
    return Verdict(code="known", text=f"已经有名为 {mass} 的群发，没有重复建")


def _no_mass(found: Audience) -> Verdict:
    if found.count:
        text = f"一次最多 {MOST_RECEIVERS} 个接收方，选出了 {found.count} 个：缩小范围，分几次建"
        return Verdict(code="too_many", text=text)
    return Verdict(code="nobody", text="没有可以发给的人，什么都没有建")


def _parts(situation: Situation, event: MassAsked, found: Audience) -> Iterator[Output]:
    groups = bool(event.selection.chats)
    asked_s = int(situation.facts.now.timestamp())
    for staff, receivers in found.by_staff.items():
        chunks = _chunks(receivers, MOST_GROUPS if groups else MOST_CUSTOMERS)
        for number, chunk in enumerate(chunks, start=1):
            part = f"{staff}-{number}"
            yield PromiseMass(mass=event.mass, part=part, staff=staff, receivers=chunk)
            yield MakeMass(
                account=event.account, mass=event.mass, part=part, staff=staff,
                letter=event.letter, receivers=chunk, groups=groups, asked=asked_s,
            )  # fmt: skip


def _chunks(receivers: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(receivers), most):
        yield tuple(receivers[start : start + most])


# --- what became of it ---


def made(situation: Situation) -> Iterable[Output]:
    """Keep the platform's name of a task; take it back at once when the message was stopped."""
    event, facts = situation.event, situation.facts.mass
    if not isinstance(event, MassMade) or facts is None:
        return
    yield MarkMassPart(
        mass=event.mass, part=event.part, msgid=event.msgid, refused=event.refused,
        trouble=event.trouble,
    )  # fmt: skip
    if event.trouble:
        text = f"群发 {event.mass} 的 {event.part} 没有建成：{event.trouble}"
        yield Warn(name=f"mass:{event.mass}:{event.part}", text=text)
    elif facts.stopped:
        yield CancelMass(account=event.account, mass=event.mass, part=event.part, msgid=event.msgid)


def read(situation: Situation) -> Iterable[Output]:
    """Keep what the platform says became of receivers."""
    event = situation.event
    if isinstance(event, MassRead):
        yield NoteMassResults(
            mass=event.mass, part=event.part, tapped=event.tapped, results=event.results
        )


def due(situation: Situation) -> Iterable[Output]:
    """Ask about each task that is still open; remind once who has let one wait too long.

    What the platform refuses to tell, such as of an employee who left, is asked once a day.
    """
    event, facts = situation.event, situation.facts
    if not isinstance(event, MassDue) or facts.mass is None:
        return
    wait, questions = facts.mass.remind_after, 0
    for part in facts.mass.parts:
        if not part.being_read and (event.asked or not part.unreadable):
            questions += 1
            yield _question(event.account, part)
        late = wait is not None and part.made is not None and facts.now - part.made >= wait
        if late and not part.reminded and not part.tapped:
            yield _reminder(event.account, part)
    yield Verdict(code="asked", text=f"去问 {questions} 个还没完的任务")


def nudged(situation: Situation) -> Iterable[Output]:
    """Remind who has not tapped, within what the platform allows for each task."""
    event, facts = situation.event, situation.facts.mass
    if not isinstance(event, MassNudged) or facts is None:
        return
    if not facts.known:
        yield _unknown(event.mass)
        return
    waiting = [part for part in facts.parts if part.state == "made" and not part.tapped]
    allowed = [part for part in waiting if part.reminders < MOST_REMINDERS]
    for part in allowed:
        yield _reminder(event.account, part)
    yield _reminded(len(allowed), len(waiting) - len(allowed))


def _reminded(reminded: int, spent: int) -> Verdict:
    if not reminded and not spent:
        return Verdict(code="nobody", text="没有等着确认的员工，不用提醒")
    limit = f"24 小时内已提醒满 {MOST_REMINDERS} 次的 {spent} 个任务不再提醒，明天再来"
    told = [f"提醒 {reminded} 个任务的员工"] if reminded else []
    told += [limit] if spent else []
    return Verdict(code="reminded" if reminded else "spent", text="；".join(told))


def stopped(situation: Situation) -> Iterable[Output]:
    """Take a message back from every employee who has not tapped."""
    event, facts = situation.event, situation.facts.mass
    if not isinstance(event, MassStopped) or facts is None:
        return
    if not facts.known:
        yield _unknown(event.mass)
        return
    yield StopMass(mass=event.mass)
    waiting = [part for part in facts.parts if part.state == "made" and not part.tapped]
    for part in waiting:
        yield CancelMass(account=event.account, mass=part.mass, part=part.part, msgid=part.msgid)
        yield _question(event.account, part)  # who tapped while we asked has sent
    text = f"群发 {event.mass} 已取消：收回 {len(waiting)} 个还没确认的任务；已发出的收不回"
    yield Verdict(code="stopped", text=text)


def _question(account: str, part: MassPart) -> ReadMass:
    return ReadMass(
        account=account, mass=part.mass, part=part.part, staff=part.staff, msgid=part.msgid
    )


def _reminder(account: str, part: MassPart) -> RemindMass:
    return RemindMass(account=account, mass=part.mass, part=part.part, msgid=part.msgid)


def _unknown(mass: str) -> Verdict:
    return Verdict(code="no_such_mass", text=f"没有名为 {mass} 的群发（看 mass list）")
