"""Conditions on dates, kinds of days, shares of members and how often: what holds, what is told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyword_rules.match import RuleSet
from keyword_rules.rule import Dates, Limit, Miss, Nth, Rule, Share, Subject, Trace, Where
from tests.rule_makers import rule, ruleset

SALE = Dates(first=date(2026, 11, 1), last=date(2026, 11, 30))
A_DAY = Limit(times=2, per="day")
BY_STORE = Limit(times=20, per="day", of="store")


def asking(**where: object) -> RuleSet:
    """One rule that asks for this."""
    return ruleset(rule("r", "contains", "券", where=replace(Where(), **where)))  # type: ignore[arg-type]  # one of many types


def said(**known: object) -> Subject:
    return replace(Subject(occasion="text", text="券"), **known)  # type: ignore[arg-type]  # the same


def on(year: int, month: int, day: int) -> Subject:
    return said(local=datetime(year, month, day, 9))  # noqa: DTZ001 (wall time)


def failed(rules: RuleSet, subject: Subject) -> tuple[str, str, str]:
    judged = rules.verdict("r", subject)
    assert isinstance(judged, Miss)
    return judged.why, judged.want, judged.got


def acts(rules: RuleSet, subject: Subject) -> bool:
    return bool(rules.match(subject).hits)


def test_both_ends_of_a_window_of_days_belong_to_it() -> None:
    rules = asking(dates=(SALE,))

    assert acts(rules, on(2026, 11, 1))
    assert acts(rules, on(2026, 11, 30))
    assert failed(rules, on(2026, 12, 1)) == ("dates", "2026-11-01..2026-11-30", "2026-12-01")
    assert failed(rules, said()) == ("dates", "2026-11-01..2026-11-30", "")


def test_an_open_window_has_one_end_and_one_day_is_told_as_one() -> None:
    later, one_day = Dates(first=date(2026, 11, 1)), Dates(first=SALE.first, last=SALE.first)

    assert acts(asking(dates=(later,)), on(2030, 1, 1))
    assert failed(asking(dates=(later, one_day)), on(2026, 10, 31)) == (
        "dates",
        "2026-11-01..、2026-11-01",
        "2026-10-31",
    )


def test_a_day_may_be_asked_for_by_what_it_is_called() -> None:
    rules = asking(days=("holiday", "国庆节"))

    assert acts(rules, said(days=frozenset({"restday", "国庆节"})))
    told = failed(rules, said(days=frozenset({"workday"})))
    assert told == ("days", "holiday、国庆节", "workday")
    assert failed(rules, said()) == ("days", "holiday、国庆节", "")


def test_who_belongs_to_a_share_is_always_the_same_in_every_program() -> None:
    share = Share(split="spring", start=0, end=3_000)

    assert [share.place(person) for person in ("ada", "bo", "陈")] == [9816, 5600, 6142]


def test_a_share_is_about_as_large_as_it_says_and_rules_of_one_split_divide_it() -> None:
    first, rest = (Share(split="s", start=a, end=b) for a, b in ((0, 3_000), (3_000, 10_000)))
    people = [f"p{n}" for n in range(4_000)]

    assert all(first.hold(person) != rest.hold(person) for person in people)
    assert sum(map(first.hold, people)) == pytest.approx(1_200, abs=120)


def test_a_member_outside_a_share_is_told_where_they_stand() -> None:
    rules = asking(share=Share(split="spring", start=0, end=1_250))

    assert failed(rules, said(person="ada")) == ("share", "0-12.5%", "98.16%")
    assert failed(rules, said()) == ("share", "0-12.5%", "")


def test_every_limit_must_leave_room() -> None:
    rules = asking(limits=(A_DAY, BY_STORE))
    counts: Mapping[tuple[str, Limit], int] = {("r", A_DAY): 1, ("r", BY_STORE): 19}

    assert acts(rules, said(counts=counts))
    assert failed(rules, said(counts={**counts, ("r", A_DAY): 2})) == ("limit", "2/day", "2")
    told = failed(rules, said(counts={**counts, ("r", BY_STORE): 20}))
    assert told == ("limit", "20/day/store", "20")


@pytest.mark.parametrize(
    ("nth", "want", "numbers"),
    [
        (Nth(first=1, last=1), "1", [1]),
        (Nth(first=2), "2-", [2, 3, 4]),
        (Nth(first=2, last=3), "2-3", [2, 3]),
    ],
)
def test_a_rule_may_ask_for_the_number_of_the_meeting(
    nth: Nth, want: str, numbers: list[int]
) -> None:
    rules = asking(nth=nth)
    met = {number: said(met={"r": number - 1}) for number in range(1, 5)}

    assert [number for number, subject in met.items() if acts(rules, subject)] == numbers
    missed = next(number for number in met if number not in numbers)
    assert failed(rules, met[missed]) == ("nth", want, str(missed))


def test_a_meeting_counts_also_when_it_is_not_the_one_or_another_rule_is_first() -> None:
    first = rule("first", "contains", "券", priority=9)
    second = rule("second", "contains", "券", where=Where(nth=Nth(first=2)))
    closed = rule("closed", "contains", "券", where=Where(nth=Nth(first=1), store=("S9",)))
    third = rule("third", "contains", "券", where=Where(nth=Nth(first=1)))
    trace = ruleset(first, second, closed, third).match(said())

    assert trace.met == ("second", "third")
    assert [hit.rule for hit in trace.hits] == ["first"]


def test_a_paused_rule_misses_before_its_conditions_are_asked() -> None:
    rules = asking(store=("S001",), nth=Nth(first=1))
    trace = rules.match(said(paused=frozenset({"r"})))

    assert [(miss.why, miss.got) for miss in trace.missed] == [("paused", "r")]
    assert trace.met == ()


def _dry(one: Rule) -> Rule:
    return replace(one, dry_run=True)


def _told(trace: Trace) -> tuple[list[str], list[str], list[str]]:
    of_hits, of_dry = ([hit.rule for hit in hits] for hits in (trace.hits, trace.dry))
    return of_hits, of_dry, [miss.rule for miss in trace.missed]


def test_a_rule_on_trial_is_told_and_stops_nothing() -> None:
    trial, real = _dry(rule("trial", "contains", "券", priority=9)), rule("real", "contains", "券")

    assert _told(ruleset(trial, real).match(said())) == (["real"], ["trial"], [])


def test_a_rule_on_trial_may_be_outranked_and_counts_no_meeting() -> None:
    trial = _dry(rule("trial", "contains", "券", where=Where(nth=Nth(first=1))))
    trace = ruleset(rule("real", "contains", "券", priority=9), trial).match(said())

    assert _told(trace) == (["real"], [], ["trial"])
    assert trace.met == ()


def test_candidates_are_the_rules_whose_words_suit_whatever_else_they_ask() -> None:
    closed = rule("closed", "contains", "券", where=Where(store=("S9",)))
    silent = rule("silent", "equals", "优惠券")
    rules = ruleset(closed, rule("other", "contains", "猫"), silent)

    assert [one.id for one in rules.candidates(said())] == ["closed"]


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))


@given(DAYS, DAYS, st.integers(-400, 400))
def test_a_window_holds_exactly_the_days_between_its_ends(one: date, two: date, on: int) -> None:
    first, last = sorted((one, two))
    day = first + timedelta(days=on)

    assert Dates(first=first, last=last).hold(day) == (first <= day <= last)


@pytest.mark.parametrize(
    ("per", "since"),
    [
        ("hour", "2026-11-25T08:30:00+08:00"),
        ("day", "2026-11-25T00:00:00+08:00"),
        ("week", "2026-11-23T00:00:00+08:00"),
        ("ever", None),
    ],
)
def test_a_limit_counts_by_the_calendar_of_the_store(per: str, since: str | None) -> None:
    wednesday = datetime.fromisoformat("2026-11-25T09:30:00+08:00")

    counted = Limit(times=1, per=per).since(wednesday)

    assert counted == (datetime.fromisoformat(since) if since else None)


@pytest.mark.parametrize(
    ("clock", "utc", "first_us"),
    [
        ("2026-03-08T03:30", "07:30", "06:30"),  # an hour ago it was 01:30
        ("2026-11-01T01:10", "05:10", "04:10"),
        ("2026-11-01T01:10 again", "06:10", "05:10"),  # an hour ago it was 01:10 too
    ],
)
def test_an_hour_is_sixty_minutes_also_when_the_clocks_change(
    clock: str, utc: str, first_us: str
) -> None:
    day = clock[:10]
    now = datetime.fromisoformat(f"{day}T{utc}:00+00:00").astimezone(ZoneInfo("America/New_York"))
    assert f"{now:%Y-%m-%dT%H:%M}" == clock[:16]

    assert Limit(times=1, per="hour").since(now) == datetime.fromisoformat(f"{day}T{first_us}Z")


def test_a_day_begins_at_its_first_midnight_where_clocks_are_put_back_over_it() -> None:
    havana = ZoneInfo("America/Havana")
    second = datetime(2026, 11, 1, 0, 30, tzinfo=havana, fold=1)

    since = Limit(times=1, per="day").since(second)

    assert since
    assert since.astimezone(UTC) == datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
