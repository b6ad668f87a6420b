"""`ledger`: what is owed and what nobody can know is listed; an operator's word settles one."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.actions import Label, Receipt, Remote, State
from bot.db import inbox
from tests.homes import Served, command, contact_added, oa_event, oa_text, served_home
from tests.servers import only_sqlite

UNANSWERED = "请求已写出但没有应答"


def _done(_: Remote) -> Receipt:
    return Receipt(state=State.DONE, code=0)


def _labels_unanswered(action: Remote) -> Receipt:
    if isinstance(action, Label):
        return Receipt(state=State.UNKNOWN, code=45009, meaning=UNANSWERED)
    return _done(action)


async def _follow(rooms: Served) -> None:
    await rooms.hear(oa_event("oAda", "subscribe", "qrscene_poster-S012-door"), inside=False)


async def _follow_with_a_label_unknown(rooms: Served) -> int:
    await _follow(rooms)
    rows = await rooms.settle_owed(_labels_unanswered)
    return next(int(row["id"]) for row in rows if row["kind"] == "label")


async def _state_of(rooms: Served, effect: int) -> str:
    row = await rooms.db.read(lambda tx: tx.one("SELECT state FROM effect WHERE id = ?", effect))
    assert row is not None
    return str(row["state"])


async def test_what_is_owed_is_counted_and_listed_and_is_no_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await _follow(rooms)
        told = command(capsys, "ledger", "--home", tmp_path)
    assert told.code == 0
    assert "待执行 3：" in told.out
    assert "公众号回复" in told.out
    assert "收件箱：已处理 1" in told.out


async def test_an_unknown_effect_is_a_finding_with_all_an_operator_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        effect = await _follow_with_a_label_unknown(rooms)
        told = command(capsys, "ledger", "--home", tmp_path)
    assert told.code == 1
    line = next(line for line in told.out.splitlines() if f"#{effect} " in line)
    assert "同步平台标签" in line
    assert "试过 1 次" in line
    assert f"{UNANSWERED}，错误码 45009" in told.out


async def test_the_json_form_holds_counts_lists_and_the_action_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        effect = await _follow_with_a_label_unknown(rooms)
        await rooms.db.write(
            lambda tx: inbox.count_refused(tx, "oa-main", "signature", "2026-03-02", 3)
        )
        told = command(capsys, "ledger", "--home", tmp_path, "--json")
    document = json.loads(told.out)
    unknown = document["unknown"][0]
    assert (told.code, document["v"]) == (1, 1)
    assert document["counts"]["effects"]["unknown"] == {"label": 1}
    assert document["counts"]["inbox"] == {"done": 1}
    assert document["counts"]["refused"] == {"oa-main signature": 3}
    assert (unknown["id"], unknown["attempts"], unknown["code"]) == (effect, 1, 45009)
    assert unknown["created"] == "2026-03-02T01:00:00+00:00"
    assert unknown["action"]["member"] == "oAda"


async def test_what_is_quarantined_is_a_finding_and_names_its_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        accepted = await rooms.accept("<xml><Content>cut off")
        told = command(capsys, "ledger", "--home", tmp_path)
        again = command(capsys, "why", accepted.event_id, "--home", tmp_path)
    assert told.code == 1
    assert accepted.event_id in told.out
    assert "parse" in told.out
    assert again.code == 0
    assert "已隔离" in again.out


async def test_notices_for_operators_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await rooms.hear(oa_text("oAda", "人工", 1), inside=False)
        told = command(capsys, "ledger", "--home", tmp_path)
    assert told.code == 0
    assert "请运营看一眼" in told.out
    assert "要找真人" in told.out


async def test_a_deadline_is_shown_by_the_stores_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await rooms.hear(contact_added("wmBo", "xiaowang", code="W1"), "wecom-main")
        told = command(capsys, "ledger", "--home", tmp_path)
    assert "时限 2026-03-02 09:00:18" in told.out


@pytest.mark.parametrize(
    ("verdict", "state"), [("done", "done"), ("retry", "ready"), ("give_up", "failed")]
)
async def test_an_operators_word_settles_an_unknown_effect_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verdict: str, state: str
) -> None:
    async with served_home(tmp_path) as rooms:
        effect = await _follow_with_a_label_unknown(rooms)
    argv = ("ledger", "--home", tmp_path, "--resolve", effect, "--as", verdict)
    told = await asyncio.to_thread(command, capsys, *argv)
    again = await asyncio.to_thread(command, capsys, *argv)
    assert told.code == 0
    assert f"#{effect}" in told.out
    assert (again.code, again.out) == (1, "")
    assert "只有结果未知的才需要确认" in again.err
    async with served_home(tmp_path) as rooms:
        assert await _state_of(rooms, effect) == state


@only_sqlite
async def test_nothing_is_resolved_while_a_server_holds_the_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        effect = await _follow_with_a_label_unknown(rooms)
        argv = ("ledger", "--home", tmp_path, "--resolve", effect, "--as", "retry")
        told = await asyncio.to_thread(command, capsys, *argv)
        assert await _state_of(rooms, effect) == "unknown"
    assert told.code == 1
    assert "先停掉" in told.err
    assert "没有改动" in told.err


@pytest.mark.parametrize(
    "given",
    [
        ("--resolve", "7"),
        ("--as", "done"),
        ("--resolve", "7", "--as", "maybe"),
        ("--resolve", "seven", "--as", "done"),
        ("--resolve", "9" * 30, "--as", "done"),
    ],
)
def test_half_a_verdict_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...]
) -> None:
    told = command(capsys, "ledger", "--home", tmp_path, *given)
    assert told.code == 2
    assert "--resolve" in told.err


async def test_an_effect_that_does_not_exist_cannot_be_resolved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path):
        told = command(capsys, "ledger", "--home", tmp_path, "--resolve", 99, "--as", "done")
    assert told.code == 1
    assert "没有动作 #99" in told.err
