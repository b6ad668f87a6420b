"""The operator's calls to a running server: what all have in common, and what two of them do."""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest

from bot.db.resolving import VERDICTS
from bot.errors import DatabaseTrouble
from bot.events import Alias, AliasKind, NamesTold
from bot.shop import Source
from bot.web.resolve import MOST
from bot.web.unmerge import MOST_CHARS
from tests.homes import oa_text
from tests.operator_calls import post
from tests.serving import Serving, serving

UNMERGE = {"merge": 1, "by": "小王"}
NAMES = {"items": [{"names": {"card": "88001"}}]}
CALLS = {
    "/api/pauses": {"do": "pause", "name": "all-sending"},
    "/api/requeue": {"event": ""},
    "/api/reconcile": {"accounts": []},
    "/api/masses": {"kind": "MassDue", "name": "1", "event": {"account": "wecom-main"}},
    "/api/resolve": {"effects": [1], "as": "done"},
    "/api/unmerge": UNMERGE,
    "/api/names": NAMES,
}
NOT_WHOLE: tuple[dict[str, object], ...] = (
    {"effects": []}, {"effects": 1}, {"effects": ["1"]}, {"effects": [True]}, {"effects": [1, 0]},
    {"effects": [2**63]}, {"effects": [1.0]}, {"effects": [*range(1, MOST + 2)]}, {"as": "maybe"},
    {"as": None}, {"by": 7}, {"by": "王" * (MOST_CHARS + 1)},
)  # fmt: skip
NOT_MEANT: tuple[dict[str, object], ...] = (
    {"merge": 0}, {"merge": "1"}, {"merge": True}, {"merge": 2**63}, {"by": ""}, {"by": " "},
    {"by": None}, {"by": "王" * (MOST_CHARS + 1)},
)  # fmt: skip
UNREADABLE = (b"", b"[", b"[]", b"7", b"{}", b"\xff")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(tmp_path, deciding=True) as one:
        yield one


async def run(server: Serving, sql: str) -> None:
    await server.rooms.db.write(lambda tx: tx.run(sql))


async def column(server: Serving, sql: str) -> list[object]:
    rows = await server.rooms.db.read(lambda tx: tx.all(sql))
    return [row["it"] for row in rows]


async def test_the_operator_is_answered_and_nobody_else(server: Serving) -> None:
    for path, body in CALLS.items():
        kind = path.removeprefix("/api/")
        strangers = [one for one in server.rooms.shop.sources.values() if kind not in one.kinds]
        liar = Source(id="operator:", kinds=frozenset({kind}), secret=b"guessed")
        for source, code in ((strangers[0], "wrong_kind"), (liar, "bad_signature")):
            status, told = await post(server, path, body, source)
            assert (path, status, told["code"]) == (path, 401, code)
        assert (path, (await post(server, path, body))[0]) == (path, 200)


async def test_what_cannot_be_read_is_refused(server: Serving) -> None:
    for path, body in product(CALLS, UNREADABLE):
        status, told = await post(server, path, body)
        assert (path, body, status, told["code"]) == (path, body, 400, "bad_request")


async def test_a_body_over_64_kib_is_refused(server: Serving) -> None:
    for path in CALLS:
        status, told = await post(server, path, b" " * (64 * 1024 + 1))
        assert (path, status, told["code"]) == (path, 413, "bad_body")


async def test_while_nothing_can_be_written_it_is_to_be_asked_again(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_work: object, **_how: object) -> None:
        raise DatabaseTrouble("the disk is full")

    for path, body in CALLS.items():
        with monkeypatch.context() as broken:
            broken.setattr(server.rooms.db, "write", full)
            broken.setattr(server.rooms.acceptor, "record", full)
            status, told = await post(server, path, body)
        assert (path, status, told["code"]) == (path, 503, "try_again")
        assert (path, (await post(server, path, body))[0]) == (path, 200)


async def test_an_account_that_is_not_ours_is_not_compared(server: Serving) -> None:
    status, told = await post(server, "/api/reconcile", {"accounts": ["nobody"]})
    assert (status, told["code"]) == (400, "unknown_account")


# --- effects whose outcome nobody knows ---


async def owed(server: Serving, *states: str) -> None:
    """Let there be effects 1, 2, … in these states."""
    await server.rooms.accept(oa_text("oAda", "在吗", 1))
    for number, state in enumerate(states, start=1):
        await run(
            server,
            "INSERT INTO effect(key, inbox_id, account, rule, kind, klass, policy, order_key, lane,"
            " next_us, body, state, carrier, attempts, fence, meaning, created_us)"
            f" VALUES('k{number}', 1, 'oa-main', '', 'oa_send', 'E', 'at_most_once', 'o', 1,"
            f" 0, '{{}}', '{state}', 'call', 1, 1, '', 0)",
        )


@pytest.mark.parametrize(
    ("verdict", "state"), [("done", "done"), ("retry", "ready"), ("give_up", "failed")]
)
async def test_what_is_unknown_is_settled_once_and_the_rest_is_told(
    server: Serving, verdict: str, state: str
) -> None:
    await owed(server, "unknown", "failed", "unknown", "unknown")
    await run(server, "UPDATE effect SET deadline_us = 1 WHERE id = 3")
    body = {"effects": [1, 2, 3, 9, 1], "as": verdict, "by": "bo"}
    status, told = await post(server, "/api/resolve", body)
    late = {"3": "overdue"} if verdict == "retry" else {}
    assert (status, told["done"]["left"]) == (200, {"2": "failed", **late, "9": "absent"})
    assert told["done"]["settled"] == [1] if late else [1, 3]
    _, again = await post(server, "/api/resolve", body)
    assert (again["done"]["settled"], again["done"]["left"]["1"]) == ([], state)
    states = await column(server, "SELECT state AS it FROM effect ORDER BY id")
    assert (states[:2], states[3]) == ([state, "failed"], "unknown")
    assert await column(server, "SELECT meaning AS it FROM effect WHERE id = 1") == [
        f"由运营 bo 确认：{verdict}"
    ]


async def test_a_word_that_is_not_whole_settles_nothing(server: Serving) -> None:
    await owed(server, "unknown")
    for wrong in NOT_WHOLE:
        body = {"effects": [1], "as": VERDICTS[0], "by": "bo", **wrong}
        status, told = await post(server, "/api/resolve", body)
        assert (wrong, status, told["code"]) == (wrong, 400, "bad_request")
    assert await column(server, "SELECT state AS it FROM effect") == ["unknown"]


async def test_a_thousand_are_settled_in_one_call(server: Serving) -> None:
    await owed(server, "unknown")
    body = {"effects": list(range(10**17, 10**17 + MOST)), "as": "done"}
    status, told = await post(server, "/api/resolve", body)
    assert (status, len(told["done"]["left"])) == (200, MOST)


# --- a merge that was wrong ---


async def merged(server: Serving) -> None:
    """Let there be merge 1 of two people."""
    ada = Alias(AliasKind.OA_OPENID, server.rooms.shop.accounts["oa-main"].scope, "oAda")
    bo = Alias(AliasKind.EXTERNAL_USERID, server.rooms.shop.accounts["wecom-main"].scope, "wmBo")
    for names in ((ada,), (bo,), (ada, bo)):
        await server.rooms.tell(NamesTold(account="source:crm", source="crm", names=names))


async def test_a_merge_is_undone_once_and_asking_again_says_so(server: Serving) -> None:
    assert (await post(server, "/api/unmerge", UNMERGE))[1]["verdict"]["code"] == "no_such_merge"
    await merged(server)
    for later_s, code in enumerate(("undone", "already_undone"), start=1):
        server.rooms.clock.follow(later_s)
        status, told = await post(server, "/api/unmerge", UNMERGE)
        assert (status, told["verdict"]["code"]) == (200, code)
    assert await column(server, "SELECT undone_by AS it FROM merge_log") == ["小王"]


async def test_while_no_verdict_can_be_made_it_is_to_be_asked_again(
    server: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(_inbox: int) -> None:
        return None

    await merged(server)
    with monkeypatch.context() as busy:
        busy.setattr("bot.worker.Worker.decide_now", lambda _, row: slow(row))
        status, told = await post(server, "/api/unmerge", UNMERGE)
    assert (status, told["code"]) == (503, "try_again")
    assert (await post(server, "/api/unmerge", UNMERGE))[0] == 200


async def test_a_wish_that_is_not_whole_undoes_nothing(server: Serving) -> None:
    await merged(server)
    for wrong in NOT_MEANT:
        status, told = await post(server, "/api/unmerge", {**UNMERGE, **wrong})
        assert (wrong, status, told["code"]) == (wrong, 400, "bad_request")
    assert await column(server, "SELECT undone_us AS it FROM merge_log") == [None]


@pytest.mark.parametrize(
    "wrong",
    [{"items": None}, {"items": []}, {"items": [{}] * 201}, {"again": "yes"}, {"source": 7}],
)
async def test_a_sheet_of_names_that_is_not_whole_is_refused(
    server: Serving, wrong: dict[str, object]
) -> None:
    status, told = await post(server, "/api/names", {**NAMES, **wrong})
    assert (status, told["code"]) == (400, "bad_request")
    assert await column(server, "SELECT count(*) AS it FROM inbox") == [0]


async def test_names_are_told_in_the_name_of_a_source_that_may_tell_them(server: Serving) -> None:
    status, told = await post(server, "/api/names", {**NAMES, "source": "operator:"})
    assert (status, told["code"]) == (409, "unknown_source")
    (source,) = [s for s in server.rooms.shop.sources.values() if "members" in s.kinds]
    for result in ("taken", "repeated"):
        _, told = await post(server, "/api/names", {**NAMES, "source": source.id})
        assert [one["result"] for one in told["done"]] == [result]
    assert await column(server, "SELECT account AS it FROM inbox") == [f"source:{source.id}"]
