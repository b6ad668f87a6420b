"""The call that tells what the rules would do: the answer of `try --json`, for who has the key."""

import hashlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from bot.db import pauses
from bot.db.pauses import Pause
from bot.web.body import BODY_LIMIT_BYTES
from bot.web.signed import SIGNATURE, SOURCE, TIMESTAMP, signature
from commands.parts.operator import OPERATOR, operator_of
from config.home import instance_key
from tests.homes import command
from tests.json_schema import faults
from tests.serving import Serving, serving

KEY = "a-key-that-nobody-guesses"
DIGEST = hashlib.sha256(KEY.encode()).hexdigest()
SAMPLE = Path(__file__).parents[1] / "config" / "sample" / "settings.yaml"
BEARER = {"Authorization": f"Bearer {KEY}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A client of one served home's call."""

    served: Serving
    http: aiohttp.ClientSession
    home: Path

    async def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Send a body; return status and answer."""
        async with self.http.post(
            f"{self.served.url}/api/try", data=body, headers=headers
        ) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            told: dict[str, Any] = await answer.json()
            return answer.status, told

    async def ask(self, **asked: object) -> tuple[int, dict[str, Any]]:
        """Ask with the right key."""
        return await self.post(orjson.dumps(asked), BEARER)


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    (tmp_path / "settings.yaml").write_text(
        f"{SAMPLE.read_text('utf-8')}\ntrace_key_sha256: {DIGEST}\n", "utf-8"
    )
    async with serving(tmp_path) as served, aiohttp.ClientSession() as http:
        yield Asker(served=served, http=http, home=tmp_path)


async def test_it_says_what_try_says(asker: Asker, capsys: pytest.CaptureFixture[str]) -> None:
    at = "2026-10-01T10:00"
    status, told = await asker.ask(text="领劵", store="S012", at=at, tags=["群/宠物"])
    assert status == 200
    assert faults(told, "try.schema.json") == []
    assert told["hits"][0]["rule"] == "coupon-newcomer"
    argv = ("--store", "S012", "--at", at, "--tag", "群/宠物", "--candidates", "--json")
    tried = command(capsys, "try", "领劵", "--home", asker.home, *argv)
    assert orjson.loads(tried.out) == told


async def test_one_rule_is_told_of_by_name(asker: Asker) -> None:
    _, told = await asker.ask(text="领券", rule="kimono")
    assert [m["why"] for m in told["missed"] if m["rule"] == "kimono"] == ["word_boundary"] or [
        m["why"] for m in told["missed"] if m["rule"] == "kimono"
    ] == ["words"]
    status, refused = await asker.ask(text="领券", rule="kimona")
    assert (status, refused["text"]) == (400, "没有规则 kimona")


async def test_what_is_paused_is_told_at_once(asker: Asker) -> None:
    stop = Pause(name="rule:coupon-newcomer", reason="", by="Bo", at_us=1)
    await asker.served.rooms.db.write(lambda tx: pauses.pause(tx, stop))
    _, told = await asker.ask(text="领券")
    assert {m["why"] for m in told["missed"] if m["rule"] == "coupon-newcomer"} == {"paused"}


async def test_the_operator_of_this_machine_signs_instead(asker: Asker) -> None:
    body, stamp = orjson.dumps({"text": "领券"}), str(int(time.time()))
    secret = operator_of(instance_key(asker.home)).secret
    headers = {SOURCE: OPERATOR, TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body)}
    assert (await asker.post(body, headers))[0] == 200
    assert (await asker.post(body + b" ", headers))[0] == 401


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b"\xff", b"{}", b'{"text": 1}', b'{"text": "a", "words": "b"}',
        b'{"text": "a", "store": "S999"}', b'{"text": "a", "tags": "x"}',
        b'{"text": "a", "tags": [1]}', b'{"text": "a", "at": "noon"}',
        b'{"text": "a", "at": "0001-01-01T00:00+14:00"}', b'{"text": "a", "at": "1999-01-01"}',
        b'{"text": "a", "on": "x"}',
        b'{"text": "a", "key": ["b"]}',
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_refused(body: bytes, asker: Asker) -> None:
    status, told = await asker.post(body, BEARER)
    assert (status, told["code"]) == (400, "bad_request")


async def test_nobody_else_may_ask(asker: Asker) -> None:
    body = orjson.dumps({"text": "领券"})
    assert (await asker.post(body, {}))[0] == 401
    assert (await asker.post(body, {"Authorization": "Bearer x"}))[0] == 401
    assert (await asker.post(b" " * (BODY_LIMIT_BYTES + 1), BEARER))[0] == 413


async def test_what_is_asked_is_never_logged(
    asker: Asker, capsys: pytest.CaptureFixture[str]
) -> None:
    await asker.ask(text="我的电话是13800000000")
    said = capsys.readouterr()
    assert "13800000000" not in said.out + said.err
