"""What programs read is what docs/reference/json says, field by field."""

import asyncio
import io
import json
from pathlib import Path

import pytest

from bot.actions import Receipt, State, Truth
from bot.events import AliasKind
from bot.plan import STAGES
from commands.decode import decode_lines, run
from commands.reconcile import telling
from commands.reconcile.asking import Compared
from commands.report.words import INBOX_STATES, MISSES
from tests.callbacks import said
from tests.homes import OPENED_S, command, contact_added, oa_event, oa_text, served_home
from tests.json_schema import FOLDER, faults, schema
from tests.listed_world import compare, met
from tests.platform import refused
from tests.rooms import installed

LINE = json.dumps({"payload": said("oADA", "领券", "1")})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which somebody came, asked, was answered, and left effects in every state."""
    folder = tmp_path_factory.mktemp("schema")
    asyncio.run(_morning(folder))
    return folder


async def _morning(folder: Path) -> None:
    async with served_home(folder) as rooms:
        await rooms.hear(oa_event("oJia", "subscribe", "qrscene_poster-S012-door"))
        for number, text in enumerate(("领劵", "宠物群", "会不会下冰雹"), start=1):
            await rooms.hear(oa_text("oJia", text, number))
        await rooms.settle_owed(lambda action: Receipt(state=State.UNKNOWN, meaning="连接断了"))
        added = contact_added("wmYi", "xiaowang", state="staff-xiaowang-S012", code="W1")
        await rooms.hear(added, "wecom-main")
        await rooms.accept(oa_text("oJia", "还没处理", 9, OPENED_S + 1))


def told(capsys: pytest.CaptureFixture[str], *argv: object) -> object:
    """The JSON that a command prints."""
    document: object = json.loads(command(capsys, *argv, "--json").out)
    return document


@pytest.mark.parametrize("name", ["oJia", "wmYi"])
def test_why_tells_what_its_schema_says(
    name: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = told(capsys, "why", name, "--home", home)
    assert '"trace": {' in json.dumps(document)
    assert faults(document, "why.schema.json") == []


def test_why_of_nobody_keeps_to_the_schema(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert faults(told(capsys, "why", "nobody", "--home", home), "why.schema.json") == []


def test_the_ledger_tells_what_its_schema_says(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = told(capsys, "ledger", "--home", home)
    assert isinstance(document, dict)
    assert document["unknown"]
    assert document["owed"]
    assert faults(document, "ledger.schema.json") == []


@pytest.mark.parametrize("text", ["领劵", "我们的产品和服务", "会不会下冰雹"])
def test_try_tells_what_its_schema_says(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert faults(told(capsys, "try", text, "--store", "S012"), "try.schema.json") == []


@pytest.mark.parametrize(
    "line", [LINE, '{"payload": "<xml><A>1</A></xml>"}', '{"payload": "x"}', "x"]
)
def test_decode_tells_what_its_schema_says(line: str) -> None:
    (answer,) = decode_lines("oa", [line])
    assert faults(json.loads(answer), "decode.schema.json") == []


def test_decode_of_an_unknown_platform_keeps_to_the_schema() -> None:
    out = io.StringIO()
    run("fax", False, io.StringIO(""), out)
    assert faults(json.loads(out.getvalue()), "decode.schema.json") == []


async def test_a_comparison_tells_what_its_schema_says(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        world = await met(shop)
        world.act("add", "ada", int(shop.hand.at_s))
        shop.platform.answers["groupchat/list"] = lambda _: refused(48002)
        shop.hand.move(600)
        await compare(shop)
        report = await shop.db.read(lambda tx: telling.report(tx, 0, ""))
    document = json.loads(telling.document(report, Compared(done=False, owed=2)))
    assert document["gaps"] and any(part["troubles"] for part in document["parts"])
    assert faults(document, "reconcile.schema.json") == []


def test_the_lists_of_words_are_those_of_the_code() -> None:
    """A new state or reason must reach whoever reads the schema."""
    trace, why = schema("trace.schema.json")["$defs"], schema("why.schema.json")["$defs"]
    assert set(trace["miss"]["properties"]["why"]["enum"]) == set(MISSES)
    assert set(trace["said"]["properties"]["truth"]["enum"]) == set(Truth)
    assert set(why["person"]["properties"]["stage"]["enum"]) == set(STAGES)
    assert set(why["alias"]["properties"]["kind"]["enum"]) == set(AliasKind)
    assert set(why["event"]["properties"]["state"]["enum"]) == set(INBOX_STATES)
    compared = schema("reconcile.schema.json")["$defs"]
    assert set(compared["name"]["enum"]) == set(telling.PARTS)
    assert set(compared["part"]["properties"]["state"]["enum"]) == set(telling.STATES)
    assert set(compared["gap"]["properties"]["what"]["enum"]) == set(telling.WHATS)
    effect = schema("ledger.schema.json")["$defs"]["effect"]["properties"]
    assert set(effect["state"]["enum"]) == set(State)


def test_a_fault_is_found_when_there_is_one() -> None:
    """The checks above must not pass because they are blind."""
    good: dict[str, object] = {"v": 1, "person": None, "also": [], "events": []}
    assert faults(good, "why.schema.json") == []
    assert faults({**good, "v": 2}, "why.schema.json")
    assert faults({**good, "more": 1}, "why.schema.json")
    assert faults({**good, "also": [1]}, "why.schema.json")
    assert faults({**good, "person": {"id": 7}}, "why.schema.json")
    assert faults({"v": 1}, "why.schema.json")


def test_every_schema_is_listed() -> None:
    listed = (FOLDER / "README.md").read_text("utf-8")
    assert [file.name for file in FOLDER.glob("*.json") if f"({file.name})" not in listed] == []
