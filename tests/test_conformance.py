"""The published cases of other projects hold, and a case that does not hold is found."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conformance.__main__ import FILES, judged, main
from tests.conformance.cases import CASES

SCAN = (
    "<xml><ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><MsgType>event</MsgType>"
    "<Event>SCAN</Event><EventKey> S1</EventKey></xml>"
)
LEAVES = {
    "ToUserName": "gh",
    "FromUserName": "o1",
    "MsgType": "event",
    "Event": "SCAN",
    "EventKey": " S1",
}
VECTOR = {"token": "test", "timestamp": "1410685589", "nonce": "test"}
SIGNATURE = "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff"
# One case a file that holds, as the published ones are written.
GOOD: Mapping[str, dict[str, object]] = {
    "callbacks.jsonl": {
        "platform": "oa",
        "kind": "event.SCAN",
        "payload": SCAN,
        "expected": {"derived": LEAVES, "asserted": {"scene_id": "S1"}},
    },
    "vectors.jsonl": {
        "platform": "oa",
        "kind": "vector.signature3",
        "payload": VECTOR | {"signature": SIGNATURE},
        "expected": {"verified": True},
    },
    "api.jsonl": {
        "platform": "oa",
        "kind": "api.response",
        "payload": {"errcode": "0"},
        "expected": {"errcode": "0"},
        "request": {"path": "/cgi-bin/x"},
    },
}


@pytest.mark.skipif(not CASES.exists(), reason=f"no published cases at {CASES}")
async def test_every_published_case_holds() -> None:
    boards = await judged(CASES)

    assert [miss for board in boards for miss in board.misses] == []
    told = (sum(t.cases for t in board.tallies) for board in boards)
    callbacks, vectors, answers, *shapes = told
    assert callbacks > 400
    assert vectors > 20
    assert answers > 400
    assert sum(shapes) > 20


def written(folder: Path, file: str = "", **changes: object) -> Path:
    for name in FILES:
        case = {"id": "c1"} | GOOD[name] | (changes if name == file else {})
        (folder / name).write_text(json.dumps(case) + "\n", "utf-8")
    return folder


def test_cases_that_hold_are_no_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(written(tmp_path))]) == 0

    told = capsys.readouterr().out
    assert "ok  oa event.SCAN" in told
    assert "3 cases, 0 misses" in told


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("callbacks.jsonl", {"expected": {"derived": LEAVES | {"EventKey": "S1"}}}),
        ("callbacks.jsonl", {"expected": {"derived": LEAVES | {"Ticket": "T"}}}),
        ("callbacks.jsonl", {"expected": {"asserted": {"scene": "another"}}}),
        ("callbacks.jsonl", {"payload": "no document"}),
        ("callbacks.jsonl", {"payload": SCAN.replace("SCAN", "Teleported")}),
        (
            "callbacks.jsonl",
            {
                "kind": "reply.image",
                "payload": SCAN.replace("event<", "image<"),
                "expected": {"derived": {"EventKey": "S2"}},
            },
        ),
        ("vectors.jsonl", {"payload": VECTOR | {"signature": "0" * 40}}),
        ("vectors.jsonl", {"expected": {"verified": False, "reject": "signature"}}),
        ("api.jsonl", {"payload": {"errcode": "busy"}}),
        ("api.jsonl", {"payload": {"errcode": 40001}}),
        ("api.jsonl", {"payload": [1]}),
    ],
)
def test_a_case_that_does_not_hold_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, changes: dict[str, object]
) -> None:
    assert main([str(written(tmp_path, file, **changes))]) == 1

    assert "MISS" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("callbacks.jsonl", {"platform": "pay", "kind": "pay", "payload": "<xml/>"}),
        ("callbacks.jsonl", {"kind": "malformed", "payload": "no document"}),
        ("vectors.jsonl", {"kind": "vector.unverifiable", "payload": {}}),
        ("api.jsonl", {"kind": "api.request", "payload": {"touser": "o1"}}),
        ("api.jsonl", {"payload": {"errcode": "busy"}, "expected": {"errcode": "busy"}}),
        ("callbacks.jsonl", {"kind": "reply.hardware"}),
    ],
)
def test_what_cannot_be_judged_is_reported_only(
    tmp_path: Path, file: str, changes: dict[str, object]
) -> None:
    assert main([str(written(tmp_path, file, **changes))]) == 0


def test_absent_cases_are_said_aloud_and_a_named_folder_must_have_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.conformance.__main__.CASES", tmp_path)
    assert main([]) == 0
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().out.count("SKIPPED") == 2
