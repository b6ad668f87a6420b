"""The whole story with a liar in the middle, or a safeguard taken away: the audit must notice."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.source import ROOT

LAST = re.compile(
    r"book: sent (\d+), answered (\d+), asked \d+; lost \d+, doubled \d+, unknown \d+"
)

LINE = {"step", "who", "channel", "did", "saw", "truth", "rule", "actions", "tags", "ms"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a story ended: its exit status, the auditor's findings, the last line."""

    status: int
    findings: str
    last: str


def play(*options: str, mutant: str = "") -> Played:
    """Play the story without kills; a mutant's folder goes in front of everything Python finds."""
    environment = dict(os.environ)
    if mutant:
        environment["PYTHONPATH"] = str(ROOT / "tests" / "mutants" / "stories" / mutant)
    done = subprocess.run(
        [sys.executable, "run.py", "demo", "--once", "--json", "--kills", "0", *options],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=390, check=False,
    )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told, done.stderr
    assert all(one.keys() == LINE for one in told)
    *findings, last = done.stderr.splitlines()
    return Played(status=done.returncode, findings="\n".join(findings), last=last)


@pytest.mark.mutants
@pytest.mark.parametrize("world", ["yidian", "no-unionid"])
def test_the_honest_story_has_no_findings(world: str) -> None:
    """Otherwise the tests below would prove nothing."""
    played = play("--world", world)
    assert (played.status, played.findings) == (0, "")
    found = LAST.fullmatch(played.last)
    assert found is not None
    assert found[1] == found[2]


@pytest.mark.mutants
@pytest.mark.parametrize(
    ("lie", "culprits"),
    [
        ("drop", ("应答者不是店小二", "平台没有收到")),
        ("double", ("有人把请求又发了一遍",)),
        ("ghost", ("access_token 在调用",)),
    ],
)
def test_a_liar_between_bot_and_platform_is_caught(lie: str, culprits: tuple[str, ...]) -> None:
    """And the audit says where to look."""
    played = play("--sabotage", lie)
    assert played.status == 1
    assert all(culprit in played.findings for culprit in culprits), played.findings


@pytest.mark.parametrize(
    ("mutant", "culprit"),
    [
        pytest.param(
            "no_unique_grant",
            "唯一约束 coupon_grant(campaign, person_id, ordinal)",
            marks=pytest.mark.mutants,
        ),
        pytest.param("constant_dedupe", "去重键把它当成别的回调的重发", marks=pytest.mark.mutants),
        pytest.param(
            "clock_dedupe",
            "去重键：同一条回调重发时，没有被认出来",
            marks=pytest.mark.mutants,
        ),
        ("no_receipt", "回执没有写下"),  # one of each commit's tests, for all of its kind
    ],
)
def test_a_missing_safeguard_is_noticed(mutant: str, culprit: str) -> None:
    """And named."""
    played = play(mutant=mutant)
    assert played.status == 1
    assert culprit in played.findings, played.findings


@pytest.mark.mutants
def test_two_coupons_that_survive_a_merge_are_noticed() -> None:
    """One person, found out by a passphrase, has one benefit, whatever codes were shown."""
    played = play("--world", "no-unionid", mutant="no_merge_guard")
    assert played.status == 1
    assert "是 2 份" in played.findings, played.findings
