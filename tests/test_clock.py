"""Clocks that disagree: ours, and the platforms'."""

from bot.clock import Skew

S = 1_000_000
LIVES = 20 * S


def learnt(*late_s: float) -> Skew:
    skew = Skew()
    for number, late in enumerate(late_s):
        skew.note(int((1_000 + number + late) * S), (1_000 + number) * S)
    return skew


def test_agreeing_clocks_let_a_late_callback_keep_its_true_beginning() -> None:
    skew = learnt(0.5, 0.6, 0.4, 0.5, 0.5)
    assert skew.began(2_015 * S, 2_000 * S, LIVES) == int(2_000.5 * S)


def test_a_clock_of_ours_that_is_fast_kills_no_welcome() -> None:
    skew = learnt(30.5, 30.4, 30.6, 30.5, 30.5)
    assert skew.began(int(2_030.5 * S), 2_000 * S, LIVES) == int(2_030.5 * S)


def test_a_clock_of_ours_that_is_slow_gives_no_time_that_is_not_there() -> None:
    skew = learnt(-9.5, -9.5, -9.5, -9.5, -9.5)
    assert skew.began(1_995 * S, 2_000 * S, LIVES) == int(1_990.5 * S)


def test_a_few_retries_are_no_skew() -> None:
    skew = learnt(0.5, 0.5, 15.5, 0.5, 0.5, 15.5, 0.5)
    assert skew.began(2_015 * S, 2_000 * S, LIVES) == int(2_000.5 * S)


def test_the_retries_after_an_outage_are_no_skew() -> None:
    skew = learnt(*[0.5] * 40, *[10.5] * 60)
    assert skew.began(2_015 * S, 2_000 * S, LIVES) == int(2_000.5 * S)


def test_hundreds_that_waited_for_us_and_come_at_once_are_no_skew() -> None:
    skew = learnt(*[0.5] * 40)
    for number in range(300):
        skew.note(2_023 * S + number, (2_000 + number % 23) * S)
    assert skew.began(2_023 * S, 2_000 * S, LIVES) == int(2_000.5 * S)


def test_before_anything_is_learnt_a_dead_code_is_tried_all_the_same() -> None:
    assert Skew().began(2_060 * S, 2_000 * S, LIVES) == 2_060 * S
    assert Skew().began(2_003 * S, 2_000 * S, LIVES) == 2_000 * S


def test_what_others_saw_is_learnt_once_and_nothing_older() -> None:
    skew = Skew()
    seen = [(int((1_000 + number + 0.5) * S), (1_000 + number) * S) for number in range(6)]
    skew.learn(seen)
    skew.learn([*seen, (1_003 * S, 900 * S)])
    assert skew.behind_us() == S // 2
