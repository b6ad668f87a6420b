"""Planning: in which order the playbook is read, and by which effect words reach a customer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions import Reply, Send, Speak, Tag, Verdict, WelcomeContact
from bot.carry import SPEAKING_WINDOW
from bot.errors import Undeclared
from bot.events import RedeemAsked, Unrecognised
from bot.facts import Reach, Situation
from bot.plan import Playbook, needs, plan
from commands.parts.compose import PLAYBOOK
from tests.little_shop import NOW, PETS, WELCOMES, shop_content
from tests.situations import FOLLOWS, added, followed, given, hit, joined, member, said, step


def talking(*texts: str) -> Playbook:
    """A playbook that answers every message with these words and does nothing else."""
    return replace(
        PLAYBOOK, events={}, unknown=lambda _: [Speak(text=text) for text in texts],
        finish=lambda _situation, _actions: (),
    )  # fmt: skip


def test_equal_situations_give_equal_plans() -> None:
    one = given(said("领券"), hit("r", step("grant", campaign="newcomer")))
    other = given(said("领券"), hit("r", step("grant", campaign="newcomer")))
    assert plan(one, PLAYBOOK) == plan(other, PLAYBOOK)


def test_an_unrecognised_event_leads_to_nothing() -> None:
    assert plan(given(Unrecognised(account="oa", kind="msg.hologram")), PLAYBOOK).actions == ()


def test_what_a_rule_asked_for_carries_its_name() -> None:
    made = plan(given(said(), hit("r", step("tag", names=("养猫",)))), PLAYBOOK)
    assert [a.rule for a in made.actions if isinstance(a, Tag)] == ["r"]


def test_rules_that_ask_for_the_same_thing_get_it_once() -> None:
    tag = step("tag", names=("养猫",))
    made = plan(given(said(), hit("first", tag), hit("second", tag)), PLAYBOOK)
    assert [a.rule for a in made.actions if isinstance(a, Tag)] == ["first"]


def test_the_fallback_speaks_only_when_no_rule_hit() -> None:
    assert plan(given(said()), talking("没听懂")).said
    assert not plan(given(said(), hit("r")), talking("没听懂")).said
    assert not plan(given(followed()), talking("没听懂")).said


def test_all_words_of_one_event_become_one_answer() -> None:
    made = plan(given(said(), answers_inside=True), talking("一", "", "二"))
    (reply,) = made.actions
    assert isinstance(reply, Reply)
    assert (reply.openid, reply.text) == ("ada", "一\n\n二")


def test_an_official_account_is_answered_in_the_response() -> None:
    made = plan(given(said(), answers_inside=True), talking("您好"))
    assert [type(action) for action in made.actions] == [Reply]


@pytest.mark.parametrize(
    ("ago", "reached"),
    [
        (timedelta(0), True),
        (SPEAKING_WINDOW - timedelta(seconds=1), True),
        (SPEAKING_WINDOW, False),
    ],
)
def test_anybody_else_is_written_to_while_the_window_is_open(ago: timedelta, reached: bool) -> None:
    ada = member(reaches=(replace(FOLLOWS, spoke=NOW - ago),))
    made = plan(given(said(), member=ada), talking("您好"))
    assert [type(action) for action in made.actions] == ([Send] if reached else [])
    assert made.unreachable is not reached


@pytest.mark.parametrize(
    "reach",
    [
        replace(FOLLOWS, spoke=None),
        replace(FOLLOWS, on=False),
        Reach(account="corp", channel="wecom", address="m-ada", staff="bo", spoke=NOW),
    ],
)
def test_who_cannot_be_reached_is_told_nothing_and_that_is_kept(reach: Reach) -> None:
    made = plan(given(said(), member=member(reaches=(reach,))), talking("您好"))
    assert (made.actions, made.unreachable) == ((), True)
    assert [words.text for words in made.said] == ["您好"]


def test_a_new_contact_is_welcomed_with_the_code_until_its_deadline() -> None:
    until = NOW + timedelta(seconds=18)
    made = plan(given(added(), welcome_until=until), PLAYBOOK)
    (welcome,) = [a for a in made.actions if isinstance(a, WelcomeContact)]
    assert (welcome.code, welcome.deadline) == ("WC", until)
    assert not [a for a in made.actions if isinstance(a, Send)]


def test_a_contact_without_a_code_is_not_welcomed_by_other_means() -> None:
    made = plan(given(added(code="")), PLAYBOOK)
    assert not [a for a in made.actions if isinstance(a, WelcomeContact | Send)]
    assert made.unreachable


def test_a_verdict_is_the_tills_and_no_customers() -> None:
    asked = RedeemAsked(account="till:S012", code="X", store="S012", request="R")
    made = plan(given(asked, member=None), PLAYBOOK)
    assert isinstance(made.verdict, Verdict)
    assert (made.verdict.code, made.actions, made.said) == ("unknown_code", (), ())


def test_the_needs_cover_whatever_the_plan_may_look_at() -> None:
    content = shop_content()
    grant = hit("r", step("grant", campaign="egg"), step("invite", pool="pets"))
    wanted = needs(said(), (grant,), content, "")
    assert wanted.campaigns == {"egg", PETS.benefit}
    assert wanted.pools == {"pets"}
    assert needs(joined(), (), content, "pets").campaigns == {PETS.benefit}
    assert needs(added(), (), content, "").pools == {w.pool for w in WELCOMES if w.pool}
    gone = hit("r", step("grant", campaign="no-such"), step("invite", pool="no-such"))
    assert needs(said(), (gone,), content, "") == needs(said(), (), content, "")


def test_an_action_without_its_promises_stops_the_start() -> None:
    from bot.actions import Action, check_declared  # noqa: PLC0415

    class Vague(Action):
        kind = "vague"

    check_declared()
    with pytest.raises(Undeclared, match="klass, policy, lane, key"):
        check_declared((Vague,))


def test_a_step_of_a_rule_that_gave_a_verdict_keeps_it_as_it_is() -> None:
    verdict = Verdict(code="x", text="y")
    book = replace(PLAYBOOK, steps={"judge": lambda _situation, _step: (verdict,)})
    situation: Situation = given(said(), hit("r", step("judge")))
    assert plan(situation, book).verdict == verdict


def test_what_two_rules_say_alike_is_read_once() -> None:
    grant = step("grant", campaign="newcomer")
    made = plan(given(said(), hit("first", grant), hit("second", grant)), PLAYBOOK)
    assert len(made.said) == 1


def test_an_answer_without_words_is_not_owed() -> None:
    assert plan(given(said(), answers_inside=True), talking("")).actions == ()
