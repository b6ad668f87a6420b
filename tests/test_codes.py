"""Entry codes for a whole chain by one command, against the twin: rows, pictures, and a restart."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from commands.codes.index import FILE
from commands.codes.rows import KINDS, Place, codes_of, key_of
from commands.codes.verb import Asked, run
from commands.parts.compose import open_home
from commands.parts.problems import FINDINGS, FINE, UNREACHABLE, USAGE, Stop
from config.rosters import ENTRY_CODES, read_cells
from tests.homes import command
from tests.twin_bot import Scene, on_stage

KEY = "a" * 43
PNG = b"\x89PNG"
SETTINGS = """accounts:
  - {{id: oa-main, kind: oa, appid: {appid}, token: abc, aes_key: {key}, secret: "{oa}", \
api_base: "{oa_base}"}}
  - {{id: wecom-main, kind: wecom, corpid: {corpid}, agentid: 1, token: abc, aes_key: {key}, \
secret: "{wecom}", api_base: "{wecom_base}"}}
"""


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path, wired=False) as one:
        yield one


@pytest.fixture
def home(scene: Scene, tmp_path: Path) -> Path:
    """A home at the twin with two stores and two employees, one of them of no store."""
    home = tmp_path / "home"
    home.mkdir()
    world, bases = scene.twin.stage.world, scene.twin.stage.bases
    written = SETTINGS.format(
        key=KEY, appid=world.oa[0].appid, corpid=world.wecom[0].corpid, oa=world.oa[0].secret,
        wecom=world.wecom[0].secret, oa_base=bases["oa"], wecom_base=bases["wecom"],
    )  # fmt: skip
    (home / "settings.yaml").write_text(written, "utf-8")
    (home / "stores.csv").write_text("id,name\nS001,文三路店\nS012,良渚店\n", "utf-8")
    (home / "staff.csv").write_text(
        "userid,name,store\nxiaowang,小王,S012\nxiaoli,小李,\n", "utf-8"
    )
    return home


async def made(
    home: Path, *kinds: str, out: Path | None = None, change: Callable[[Asked], Asked] | None = None
) -> int:
    """Run the command as a person does, while the twin answers."""
    asked = Asked(kinds=kinds, out=out)
    asked = change(asked) if change else asked
    return await asyncio.to_thread(run, home, asked, pace_s=0)


def rows_of(home: Path) -> list[tuple[str, str, str, str]]:
    rows, _ = read_cells(home, ENTRY_CODES)
    return [(row["key"], row["store"], row["poster"], row["staff"]) for row in rows]


def lines_of(folder: Path) -> list[str]:
    return (folder / FILE).read_text("utf-8-sig").splitlines()


async def test_every_store_and_employee_gets_the_row_it_lacks(home: Path) -> None:
    (home / "entry_codes.csv").write_text(
        "key,store,poster,staff\nfront,S012,门口海报,\nwang,S012,,xiaowang\n", "utf-8"
    )
    assert await made(home, "door,kf", "staff") == FINE
    assert rows_of(home) == [
        ("front", "S012", "门口海报", ""),
        ("wang", "S012", "", "xiaowang"),
        ("poster-S001-door", "S001", "门口海报", ""),
        ("poster-S001-kf", "S001", "货架客服贴", ""),
        ("poster-S012-kf", "S012", "货架客服贴", ""),
        ("staff-xiaoli", "", "小李的工牌", "xiaoli"),
    ]
    assert (home / "entry_codes.csv.bak").exists()
    assert open_home(home, with_rules=False).errors == ()
    before = (home / "entry_codes.csv").read_bytes()
    assert await made(home, "door", "kf", "staff") == FINE
    assert (home / "entry_codes.csv").read_bytes() == before


async def test_each_kind_comes_from_its_platform_with_a_picture(
    scene: Scene, home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert await made(home, "door", "kf", "staff", out=out) == FINE
    names = {path.name for path in out.iterdir()} - {FILE}
    assert names == {f"{row[0]}.png" for row in rows_of(home)}
    assert all((out / name).read_bytes().startswith(PNG) for name in names)
    assert len(lines_of(out)) == 1 + 6
    effects = [one["effect"] for one in await scene.book("call") if one.get("effect")]
    made_there = json.dumps(effects)
    assert [row[0] for row in rows_of(home) if row[0] not in made_there] == []


async def test_a_second_run_asks_only_for_what_is_not_there(
    scene: Scene, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    await made(home, "door", out=out)
    asked = len(scene.twin.stage.scenes)
    (out / "poster-S012-door.png").unlink()
    index = (out / FILE).read_bytes()
    (out / FILE).write_bytes(index[: index.rindex(b",")])  # killed in the middle of a line
    capsys.readouterr()
    assert await made(home, "door", out=out) == FINE
    assert len(scene.twin.stage.scenes) == asked + 1
    assert "1/1 poster-S012-door.png" in capsys.readouterr().err
    assert await made(home, "door", out=out) == FINE
    assert len(scene.twin.stage.scenes) == asked + 1


async def test_one_employee_that_the_platform_does_not_know_fails_alone(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (home / "staff.csv").open("a", encoding="utf-8") as file:
        file.write("nobody,某人,S001\n")
    asked = await made(
        home, "staff", out=tmp_path / "out", change=lambda one: replace(one, as_json=True)
    )
    assert asked == FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert set(told["pictures"]) == {"staff-xiaowang-S012", "staff-xiaoli"}
    failed = told["failed"]["staff-nobody-S001"]
    assert failed["code"] == 60111
    assert failed["meaning"].startswith("成员 userid 不存在")


async def test_the_same_trouble_three_times_stops_the_run(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"ghost{number},某人,S001\n" for number in range(9))
    (home / "staff.csv").write_text(f"userid,name,store\n{rows}", "utf-8")
    assert await made(home, "staff", out=tmp_path / "out") == FINDINGS
    told = capsys.readouterr()
    assert len(told.err.splitlines()) == 3
    assert "没做成 3" in told.out
    assert "还有 6 个没做" in told.out


async def test_a_wrong_secret_is_told_before_anything_is_asked(home: Path, tmp_path: Path) -> None:
    settings = home / "settings.yaml"
    settings.write_text(settings.read_text("utf-8").replace("0123456789abcdef", "wrong"), "utf-8")
    with pytest.raises(Stop, match="AppSecret 无效") as stopped:
        await made(home, "door", out=tmp_path / "out")
    assert stopped.value.code == FINDINGS


async def test_a_platform_out_of_reach_is_told(home: Path, tmp_path: Path) -> None:
    settings = home / "settings.yaml"
    base = next(one.api_base for one in open_home(home).settings.accounts if one.kind == "oa")
    settings.write_text(settings.read_text("utf-8").replace(base, "http://127.0.0.1:9"), "utf-8")
    with pytest.raises(Stop, match="连不上平台") as stopped:
        await made(home, "door", out=tmp_path / "out")
    assert stopped.value.code == UNREACHABLE


async def test_a_trial_neither_writes_nor_asks(
    scene: Scene, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(scene.twin.stage.scenes)
    out = tmp_path / "out"
    assert await made(home, "door", out=out, change=lambda one: replace(one, dry_run=True)) == FINE
    assert "要加：poster-S001-door" in capsys.readouterr().out
    assert (len(scene.twin.stage.scenes), out.exists()) == (before, False)
    assert not (home / "entry_codes.csv").exists()


async def test_only_the_stores_that_are_named_get_codes(home: Path) -> None:
    await made(home, "door", "staff", change=lambda one: replace(one, stores=("S012",)))
    assert [row[0] for row in rows_of(home)] == ["poster-S012-door", "staff-xiaowang-S012"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--kind", "doro"], "没有活码种类 doro（是不是 door？）"),
        (["--kind", "door", "--stores", "S0012"], "没有门店 S0012（是不是 S012？）"),
        (["--kind", ","], "要说明做哪种活码"),
    ],
)
def test_a_mistake_names_what_there_is(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stores.csv").write_text("id,name\nS012,良渚店\n", "utf-8")
    told = command(capsys, "codes", "make", "--home", tmp_path, *words)
    assert told.code == USAGE
    assert says in told.err


def test_a_sheet_with_errors_is_mended_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stores.csv").write_text("id,name\nS 12,良渚店\n", "utf-8")
    told = command(capsys, "codes", "make", "--home", tmp_path, "--kind", "door")
    assert told.code == FINDINGS
    assert "stores.csv:2:id" in told.err


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_key_always_fits_its_platform(kind: str) -> None:
    for store in ("S1", "S" * 64):
        for userid in ("wang", "wang.xiao@shop", "w" * 64):
            place = Place(store=store, name="店", userid=userid if kind == "staff" else "")
            assert len(key_of(KINDS[kind], place)) <= KINDS[kind].longest


def test_800_stores_get_800_different_codes() -> None:
    places = [Place(store=f"S{number:04d}", name="店") for number in range(800)]
    keys = {code.key for code in codes_of(("door", "kf"), places, ())}
    assert len(keys) == 1600
