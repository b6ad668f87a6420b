"""Answers of the platforms' APIs, sent over real HTTP to the client that makes our calls."""

from collections.abc import Iterable, Sequence

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.platforms.codes import ErrorTable
from bot.platforms.wire import Answer, Phase, Wire, new_session
from commands.parts.doors import error_tables
from tests.conformance.cases import Case
from tests.conformance.tally import Board, Tally

_REQUEST = "api.request"


async def judge_answers(cases: Iterable[Case]) -> Board:
    """Return whether every published answer is sorted, with the error code it carries.

    A missing errcode and a textual "0" mean done. Requests are only counted.
    """
    board, answers = Board("API answers"), []
    for case in cases:
        tally = board.of(f"{case.platform} {case.kind}")
        tally.cases += 1
        if case.kind == _REQUEST:
            tally.unjudged += 1
        else:
            answers.append(case)
    await _ask(board, answers)
    return board


async def _ask(board: Board, answers: Sequence[Case]) -> None:
    async def answer(request: web.Request) -> web.Response:
        case = answers[int(request.match_info["at"])]
        return web.Response(body=orjson.dumps(case.payload), content_type="application/json")

    app = web.Application()
    app.router.add_post("/{at}", answer)
    async with TestServer(app) as server, new_session(10) as session:
        wire, tables = Wire(session, str(server.make_url(""))), error_tables()
        for at, case in enumerate(answers):
            tally = board.of(f"{case.platform} {case.kind}")
            got = await wire.call("POST", f"/{at}", query={})
            _judge(case, got, tables[case.platform], tally)


def _judge(case: Case, got: Answer, table: ErrorTable, tally: Tally) -> None:
    wanted = _errcode(case)
    if wanted is None and got.code is None:
        tally.recognised += 1  # no number: what became of the call is unknown, and so it is sorted
        return
    if wanted is None or got.phase is not Phase.ANSWERED or got.code != wanted:
        tally.misses.append(f"{case.id}: read as {got.code} ({got.trouble}), wanted {wanted}")
        return
    found = table.sort(str(case.request.get("path")), wanted)
    if wanted and not found.meaning:
        tally.misses.append(f"{case.id}: {wanted} has no meaning")
    tally.recognised += 1


def _errcode(case: Case) -> int | None:
    try:
        return int(case.expected.get("errcode") or 0)
    except ValueError:
        return None
