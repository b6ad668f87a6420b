"""`ledger`: what is owed and what nobody can know is listed; an operator's word settles it."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.actions import Label, Receipt, Remote, State
from bot.db import inbox
from commands.parts.acting import whoever
from commands.report import resolve
from commands.report.words import STATES
from tests.homes import Served, command, contact_added, oa_event, oa_text, served_home
from tests.servers import on_postgres
from tests.serving import serving

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


async def _six_unknown(rooms: Served) -> None:
    """Let there be effects 1 to 6, all unknown and without a time limit."""
    for number in range(2):
        follow = oa_event(f"oAda{number}", "subscribe", "qrscene_poster-S012-door")
        await rooms.hear(follow, inside=False)
    await _run(rooms, "UPDATE effect SET state = 'unknown', deadline_us = NULL")
    rows = await rooms.db.read(lambda tx: tx.all("SELECT id FROM effect ORDER BY id"))
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5, 6]


async def _run(rooms: Served, sql: str) -> None:
    await rooms.db.write(lambda tx: tx.run(sql))


async def _of(rooms: Served, effect: int) -> tuple[str, str]:
    row = await rooms.db.read(
        lambda tx: tx.one("SELECT state, meaning FROM effect WHERE id = ?", effect)
    )
    assert row is not None
    return row["state"], row["meaning"]


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
    assert f"已确认 1 个动作（#{effect}）" in told.out
    assert (again.code, again.out) == (1, "已确认 0 个动作\n")
    assert f"动作 #{effect} 现在是「{STATES[state]}」，只有结果未知的才需要确认" in again.err
    async with served_home(tmp_path) as rooms:
        assert await _of(rooms, effect) == (state, f"由运营 {whoever()} 确认：{verdict}")


async def test_a_running_server_settles_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as server:
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(server.port))
        effect = await _follow_with_a_label_unknown(server.rooms)
        argv = ("ledger", "--home", tmp_path, "--resolve", f"{effect},99", "--as", "give_up")
        told = await asyncio.to_thread(command, capsys, *argv)
        assert (told.code, told.err) == (1, "账本里没有动作 #99，没有改动\n")
        assert told.out == f"已确认 1 个动作（#{effect}）：记为失败，不再发送\n"
        settled = ("failed", f"由运营 {whoever()} 确认：give_up")
        assert await _of(server.rooms, effect) == settled


async def test_a_server_that_cannot_be_asked_leaves_it_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if on_postgres():
        pytest.skip("beside a server, PostgreSQL is written by the command itself")
    async with served_home(tmp_path) as rooms:
        monkeypatch.setenv("XIAOER_LISTEN__PORT", "1")
        effect = await _follow_with_a_label_unknown(rooms)
        argv = ("ledger", "--home", tmp_path, "--resolve", effect, "--as", "retry")
        told = await asyncio.to_thread(command, capsys, *argv)
        assert (await _of(rooms, effect))[0] == "unknown"
    assert (told.code, told.out) == (3, "")
    assert "问不到正在运行的服务" in told.err


async def test_several_are_settled_at_once_and_each_that_is_not_has_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await _six_unknown(rooms)
        for sql in (
            "UPDATE effect SET state = 'done' WHERE id IN (2, 3)",
            "UPDATE effect SET state = 'failed' WHERE id = 5",
            "UPDATE effect SET deadline_us = 1 WHERE id = 6",
        ):
            await _run(rooms, sql)
    argv = ("ledger", "--home", tmp_path, "--resolve", "1,3-6，2 8-9", "--as", "retry")
    told = await asyncio.to_thread(command, capsys, *argv)
    assert (told.code, told.out) == (1, "已确认 2 个动作（#1、#4）：重新排队，会再发一次\n")
    assert told.err.splitlines() == [
        "动作 #2-3 现在是「完成」，只有结果未知的才需要确认，没有改动",
        "动作 #5 现在是「失败」，只有结果未知的才需要确认，没有改动",
        "动作 #6 已过时限，再发也只会过期：只能确认为 done 或 give_up，没有改动",
        "账本里没有动作 #8-9，没有改动",
    ]


async def test_what_became_of_each_is_told_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        await _six_unknown(rooms)
        await _run(rooms, "UPDATE effect SET state = 'done' WHERE id = 2")
    argv = ("ledger", "--home", tmp_path, "--resolve", "1-2", "--as", "done", "--json")
    told = await asyncio.to_thread(command, capsys, *argv)
    assert (told.code, told.err) == (1, "")
    assert json.loads(told.out) == {
        "v": 1,
        "as": "done",
        "settled": [1],
        "left": [
            {
                "id": 2,
                "why": "done",
                "told": "动作 #2 现在是「完成」，只有结果未知的才需要确认",
            }
        ],
    }
    again = await asyncio.to_thread(command, capsys, "ledger", "--home", tmp_path, *argv[3:])
    assert json.loads(again.out)["settled"] == []


async def test_all_that_are_unknown_now_are_settled_call_by_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolve, "MOST", 4)
    argv = ("ledger", "--home", tmp_path, "--resolve", "all", "--as", "done")
    async with serving(tmp_path) as server:
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(server.port))
        await _six_unknown(server.rooms)
        await _run(server.rooms, "UPDATE effect SET state = 'ready' WHERE id = 3")
        told = await asyncio.to_thread(command, capsys, *argv)
        again = await asyncio.to_thread(command, capsys, *argv)
        assert (await _of(server.rooms, 3))[0] == "ready"
    assert (told.code, told.out) == (0, "已确认 5 个动作（#1-2、#4-6）：记为完成\n")
    assert (again.code, again.out) == (0, "没有结果未知的动作，没有改动\n")


@pytest.mark.parametrize(
    "given",
    [
        ("--resolve", "7"),
        ("--as", "done"),
        ("--resolve", "7", "--as", "maybe"),
        ("--resolve", "seven", "--as", "done"),
        ("--resolve", "9" * 30, "--as", "done"),
        ("--resolve", "7-5", "--as", "done"),
        ("--resolve", "1-999999", "--as", "done"),
        ("--resolve", "7,,8-", "--as", "done"),
        ("--resolve", "7", "--as", "done", "--requeue", "all"),
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
        pass
    argv = ("ledger", "--home", tmp_path, "--resolve", 99, "--as", "done")
    told = await asyncio.to_thread(command, capsys, *argv)
    assert told.code == 1
    assert "没有动作 #99" in told.err
