"""Our codec and parser agree with wechatpy's; a larger share runs by `make differential`."""

import pytest

from tests.differential.__main__ import main
from tests.differential.judge import judge


def test_two_thousand_messages_read_alike_and_none_spoiled_is_taken() -> None:
    verdict = judge(2_000, seed=20_261_122)

    assert verdict.faults == []
    assert verdict.judged == 2_000
    assert {*verdict.refused.values()} == {500}
    assert len(verdict.refused) == 13


def test_a_difference_is_found_when_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.differential.judge.leaves", lambda _tree: {"a": "b"})

    assert judge(3, seed=1).faults
    assert main(["3", "1"]) == 1
