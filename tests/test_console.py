"""What an Official Account's console holds, brought over: its menu, and its automatic replies."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from commands.console.auto_replies import read_auto_replies
from commands.importing.written import written
from commands.parts.compose import fill, open_home
from config.nouns import Content
from tests.homes import Told, command
from tests.twin_bot import Scene, on_stage

MENU = """entries:
  - name: 领福利
    entries:
      - {name: 新人券, key: coupon-newcomer}
      - {name: 官网, url: 'https://shop.example/a'}
  - {name: 营业时间, key: store-hours}
"""


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path, wired=False) as one:
        yield one


@pytest.fixture
def home(scene: Scene, tmp_path: Path) -> Path:
    """The samples, at the twin's Official Account."""
    oa = scene.twin.stage.world.oa[0]
    account = {
        "id": "oa-main", "kind": "oa", "appid": oa.appid, "token": "abc", "aes_key": "a" * 43,
        "secret": oa.secret, "api_base": scene.twin.stage.bases["oa"],
    }  # fmt: skip
    corp = {
        "id": "wecom-main", "kind": "wecom", "corpid": "ww1", "agentid": 1, "token": "abc",
        "aes_key": "a" * 43, "secret": "s",
    }  # fmt: skip
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.yaml").write_text(yaml.safe_dump({"accounts": [account, corp]}), "utf-8")
    fill(home)
    (home / "menu.yaml").write_text(MENU, "utf-8")
    return home


@pytest.fixture
def shell(home: Path, capsys: pytest.CaptureFixture[str]) -> "Shell":
    return Shell(home, capsys)


class Shell:
    """Runs commands on the home while the twin answers."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._home = home
        self._capsys = capsys

    async def run(self, *words: str) -> Told:
        return await asyncio.to_thread(command, self._capsys, *words, "--home", self._home)


async def test_a_menu_is_pushed_after_its_difference_and_the_old_one_is_kept(
    scene: Scene, home: Path, shell: Shell
) -> None:
    assert "+ 领福利 / 新人券 → click coupon-newcomer" in (await shell.run("menu", "show")).out
    told = await shell.run("menu", "push", "--dry-run")
    assert told.code == 0 and "- 门店 → text 良渚店" in told.out
    assert "oa-main" not in scene.twin.stage.menus
    assert (await shell.run("menu", "push")).code == 2  # nobody there to say yes
    assert (await shell.run("menu", "push", "--yes")).code == 0
    made = scene.twin.stage.menus["oa-main"]
    assert made[0] == {
        "name": "领福利",
        "sub_button": [
            {"type": "click", "name": "新人券", "key": "coupon-newcomer"},
            {"type": "view", "name": "官网", "url": "https://shop.example/a"},
        ],
    }
    kept = json.loads((home / "before" / "oa-main-menu.json").read_text("utf-8"))
    assert kept["selfmenu_info"]["button"][0]["value"] == "良渚店：良渚街道玉鸟路 12 号。"
    assert "已经和 menu.yaml 一样" in (await shell.run("menu", "push", "--yes")).out


async def test_a_menu_is_saved_once(home: Path, shell: Shell) -> None:
    assert "存好了" in (await shell.run("menu", "save", "--account", "oa-main")).out
    kept = home / "before" / "oa-main-menu.json"
    kept.write_text("{}", "utf-8")
    assert "没有动它" in (await shell.run("menu", "save")).out
    assert kept.read_text("utf-8") == "{}"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{name: 一个太长的一级菜单, key: a}", "最多 16 字节"),
        ("{name: 官网, url: 'ftp://x/y'}", "https://"),
        ("{name: 官网, entries: ["
         + ", ".join(f"{{name: n{n}, url: 'https://h{n}.example'}}" for n in range(4))
         + "]}", "最多来自 3 个域名"),
    ],
)  # fmt: skip
async def test_a_menu_that_breaks_a_limit_never_leaves(
    scene: Scene, home: Path, shell: Shell, entry: str, said: str
) -> None:
    (home / "menu.yaml").write_text(f"entries:\n  - {entry}\n", "utf-8")
    told = await shell.run("menu", "push", "--yes")
    assert told.code == 1 and said in told.err
    assert "oa-main" not in scene.twin.stage.menus


async def test_a_refusal_points_to_the_doctor(scene: Scene, shell: Shell) -> None:
    asked = {"account": "oa-main", "trouble": "missing_right", "api": "/cgi-bin/menu"}
    await scene.control("plant", asked)
    told = await shell.run("menu", "push", "--yes")
    assert told.code == 1 and "48001" in told.err and "doctor --account oa-main" in told.err


async def test_automatic_replies_become_rules_that_pass_check(home: Path, shell: Shell) -> None:
    before = await shell.run("check")
    assert before.code == 0, before.out
    told = await shell.run("rules", "import", "--from-account", "oa-main")
    assert told.code == 0 and "3 条规则" in told.out, told
    after = await shell.run("check")
    assert after.code == 0, after.out
    rules = {one.id: one for one in open_home(home).rules.current.rules}
    hours, member = rules["imported-oa-main-1"], rules["imported-oa-main-2"]
    assert [step.args["text"] for step in hours.do] == ["良渚店 7:00 到 23:00，全年无休。"]
    assert {case.text for case in hours.cases} == {"营业时间", "几点关门"}
    assert member.say and {phrase.mode for phrase in member.say.any} == {"equals"}
    assert member.do[0].verb == "topic"
    persona = yaml.safe_load((home / "personas/imported-oa-main.yaml").read_text("utf-8"))
    assert len(persona["replies"]["auto-2"]) == 2
    text = (home / "rules/imported-oa-main.yaml").read_text("utf-8")
    assert "TwinPosterMediaId" in text and "https://mp.weixin.qq.com/s/twin-weekly" in text
    assert "replies.fallback" in text and "已有 occasion: follow 的默认欢迎语" in told.out
    assert json.loads((home / "before/oa-main-autoreply.json").read_text("utf-8"))


async def test_an_import_overwrites_nothing(home: Path, shell: Shell) -> None:
    await shell.run("rules", "import", "--from-account", "oa-main")
    rules = home / "rules/imported-oa-main.yaml"
    rules.write_text("# mine\n", "utf-8")
    told = await shell.run("rules", "import", "--from-account", "oa-main")
    assert told.code == 1 and "不覆盖" in told.err
    assert rules.read_text("utf-8") == "# mine\n"
    slip = await shell.run("rules", "import", "--from-account", "oa-mian")
    assert (slip.code, "oa-main" in slip.err) == (2, True)


async def test_a_dry_run_shows_the_files_and_writes_none(home: Path, shell: Shell) -> None:
    told = await shell.run("rules", "import", "--from-account", "oa-main", "--dry-run")
    assert "会写 rules/imported-oa-main.yaml" in told.out and "营业时间" in told.out
    assert not (home / "rules/imported-oa-main.yaml").exists()
    assert not (home / "before").exists()


async def test_the_greeting_comes_over_where_there_is_none(home: Path, shell: Shell) -> None:
    (home / "welcomes" / "oa.yaml").unlink()
    await shell.run("rules", "import", "--from-account", "oa-main")
    (welcome,) = yaml.safe_load((home / "welcomes/imported-oa-main.yaml").read_text("utf-8"))
    assert welcome["occasion"] == "follow" and "欢迎来到壹店便利" in welcome["text"]
    assert (await shell.run("check")).code == 0


def test_braces_and_odd_words_stay_what_they_were() -> None:
    told = {
        "keyword_autoreply_info": {
            "list": [
                {
                    "rule_name": "x: [1]",
                    "reply_mode": "reply_all",
                    "keyword_list_info": [
                        {"type": "text", "match_mode": "contain", "content": "yes"},
                        {"type": "text", "match_mode": "equal", "content": "123"},
                        {"type": "text", "match_mode": "equal", "content": "字" * 300},
                    ],
                    "reply_list_info": [
                        {"type": "text", "content": "价格 {a}\n第二行"},
                        {"type": "text", "content": "第二条"},
                    ],
                },
                {"rule_name": "空", "keyword_list_info": [], "reply_list_info": []},
            ]
        }
    }
    made = written(read_auto_replies(told), "oa-1", Content(), priority=-10)
    (rule,) = yaml.safe_load(made.files["rules/imported-oa-1.yaml"])
    assert rule["do"] == [{"reply": "价格 {{a}}\n第二行"}, {"reply": "第二条"}]
    assert rule["say"]["any"] == [
        {"words": ["yes"], "mode": "contains"},
        {"words": ["123"], "mode": "equals"},
    ]
    assert len(made.by_hand) == 2


def test_nothing_told_is_nothing_written() -> None:
    made = written(read_auto_replies({"is_autoreply_open": 0}), "oa-1", Content(), priority=-10)
    assert (made.files, made.by_hand) == ({}, ())
