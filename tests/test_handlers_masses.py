"""Mass messages decided: whom they go to, who is left out, what follows until all have tapped."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.actions import (
    CancelMass,
    MakeMass,
    MarkMassPart,
    OpenMass,
    Output,
    PromiseMass,
    ReadMass,
    RemindMass,
    StopMass,
    Verdict,
    Warn,
)
from bot.events import (
    Event,
    Letter,
    MassAsked,
    MassDue,
    MassMade,
    MassNudged,
    MassStopped,
    Selection,
)
from bot.facts import Candidate, MassFacts, MassPart
from bot.mass import Cap
from handlers import masses
from handlers.consent import FEWER, OPTED_OUT
from tests.little_shop import NOW
from tests.situations import given

CAP = Cap(most=2, since=NOW)
ASKED = MassAsked(account="corp", mass="秋", letter=Letter(text="满减"), selection=Selection())
PART = MassPart(
    mass="秋", part="xiaowang-1", staff="xiaowang", state="made", msgid="M1",
    made=NOW - timedelta(hours=25),
)  # fmt: skip


def candidate(receiver: str, staff: str = "xiaowang", **more: Any) -> Candidate:
    return replace(Candidate(receiver=receiver, staff=staff), **more)


def decided(event: Event, **known: Any) -> list[Output]:
    """What the handler of an event yields."""
    handler = {
        MassAsked: masses.asked, MassMade: masses.made, MassDue: masses.due,
        MassNudged: masses.nudged, MassStopped: masses.stopped,
    }[type(event)]  # fmt: skip
    return list(handler(given(event, mass=MassFacts(**known))))


def test_each_employee_gets_one_task_for_their_own_customers() -> None:
    candidates = (candidate("a"), candidate("b", "xiaoli"), candidate("c"))
    outputs = decided(ASKED, cap=CAP, candidates=candidates)
    made = [one for one in outputs if isinstance(one, MakeMass)]
    assert [(one.staff, one.receivers, one.part) for one in made] == [
        ("xiaoli", ("b",), "xiaoli-1"),
        ("xiaowang", ("a", "c"), "xiaowang-1"),
    ]
    promised = [one for one in outputs if isinstance(one, PromiseMass)]
    assert [one.receivers for one in promised] == [one.receivers for one in made]
    assert all(one.asked == int(NOW.timestamp()) and not one.groups for one in made)
    (verdict,) = (one for one in outputs if isinstance(one, Verdict))
    assert verdict.code == "made" and "需员工确认" in verdict.text


def test_who_is_left_out_is_counted_by_the_reason() -> None:
    candidates = (
        candidate("fine", had=1),
        candidate("full", had=2),
        candidate("out", wishes=frozenset({OPTED_OUT})),
        candidate("few", wishes=frozenset({FEWER})),
        candidate("alone", ""),
    )
    found = masses.audience(MassFacts(cap=CAP, candidates=candidates, unreached=3))
    assert found.by_staff == {"xiaowang": ("fine",)}
    assert found.left == {"capped": 1, "fewer": 1, "no_staff": 4, "opted_out": 1}
    assert found.capped == ("full",)


def test_a_task_holds_ten_thousand_customers_and_two_thousand_groups() -> None:
    many = tuple(candidate(f"c{n}") for n in range(10_001))
    outputs = decided(ASKED, cap=CAP, candidates=many)
    sizes = [len(one.receivers) for one in outputs if isinstance(one, MakeMass)]
    assert sizes == [10_000, 1]
    groups = replace(ASKED, selection=Selection(chats=("wr1",)))
    outputs = decided(groups, cap=CAP, candidates=many[:2_001])
    made = [one for one in outputs if isinstance(one, MakeMass)]
    assert [len(one.receivers) for one in made] == [2_000, 1]
    assert all(one.groups for one in made)


def test_nothing_is_made_for_nobody_or_for_too_many_or_under_a_used_name() -> None:
    for known, code in (
        ({"candidates": ()}, "nobody"),
        ({"candidates": tuple(candidate(f"c{n}") for n in range(50_001))}, "too_many"),
        ({"known": True, "candidates": (candidate("a"),)}, "known"),
        ({"known": True, "taken": True, "candidates": (candidate("a"),)}, "taken"),
    ):
        outputs = decided(ASKED, cap=CAP, **known)
        assert [one.code for one in outputs if isinstance(one, Verdict)] == [code]
        assert not [one for one in outputs if isinstance(one, OpenMass | MakeMass)]


def test_a_task_that_was_refused_is_shown_and_one_of_a_stopped_message_is_taken_back() -> None:
    event = MassMade(account="corp", mass="秋", part="xiaowang-1", trouble="没有可发送的客户")
    marked, warned = decided(event, known=True)
    assert isinstance(marked, MarkMassPart) and marked.trouble
    assert isinstance(warned, Warn) and "没有可发送的客户" in warned.text
    event = MassMade(account="corp", mass="秋", part="xiaowang-1", msgid="M1")
    assert len(decided(event, known=True)) == 1
    _, cancelled = decided(event, known=True, stopped=True)
    assert isinstance(cancelled, CancelMass) and cancelled.msgid == "M1"


def kinds(outputs: list[Output]) -> list[str]:
    return [type(one).__name__ for one in outputs if not isinstance(one, Verdict)]


def test_when_due_open_tasks_are_read_and_who_waits_too_long_is_reminded_once() -> None:
    day = timedelta(hours=24)
    event = MassDue(account="corp")
    assert kinds(decided(event, parts=(PART,), remind_after=day)) == ["ReadMass", "RemindMass"]
    for part, after in (
        (replace(PART, reminded=True), day),
        (replace(PART, tapped=True), day),
        (replace(PART, made=NOW), day),
        (PART, None),
    ):
        assert kinds(decided(event, parts=(part,), remind_after=after)) == ["ReadMass"]
    asking = replace(PART, being_read=True, reminded=True)
    assert kinds(decided(event, parts=(asking,), remind_after=day)) == []


def test_what_the_platform_refused_to_tell_is_asked_again_only_by_an_operator() -> None:
    refused = replace(PART, unreadable=True, reminded=True)
    event = MassDue(account="corp")
    assert kinds(decided(event, parts=(refused,))) == []
    assert kinds(decided(replace(event, asked=True), parts=(refused,))) == ["ReadMass"]


def test_an_operator_reminds_who_has_not_tapped_three_times_a_day() -> None:
    event = MassNudged(account="corp", mass="秋")
    spent, tapped = replace(PART, msgid="M2", reminders=3), replace(PART, msgid="M3", tapped=True)
    outputs = decided(event, known=True, parts=(PART, spent, tapped))
    assert [one.msgid for one in outputs if isinstance(one, RemindMass)] == ["M1"]
    for known, code in (
        ({"known": True, "parts": (spent,)}, "spent"),
        ({"known": True, "parts": (tapped,)}, "nobody"),
        ({"known": False}, "no_such_mass"),
    ):
        (verdict,) = decided(event, **known)
        assert isinstance(verdict, Verdict) and verdict.code == code


def test_stopping_takes_back_what_nobody_has_tapped_and_reads_it_once_more() -> None:
    event = MassStopped(account="corp", mass="秋")
    tapped, owed = replace(PART, tapped=True), replace(PART, state="owed", msgid="")
    outputs = decided(event, known=True, parts=(PART, tapped, owed))
    assert kinds(outputs) == ["StopMass", "CancelMass", "ReadMass"]
    assert isinstance(outputs[0], StopMass) and isinstance(outputs[2], ReadMass)
    (verdict,) = decided(event, known=False)
    assert isinstance(verdict, Verdict) and verdict.code == "no_such_mass"
