"""Content: what a home folder may hold, and that every mistake in it is named with its place."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from config.codes import read_codes
from config.content import AUTOMATIC_MARK, read
from config.holidays import published
from config.home import fill_home
from config.nouns import (
    Campaign,
    Content,
    EntryCode,
    Group,
    MenuEntry,
    Persona,
    Pool,
    Staff,
    Store,
    Welcome,
)
from config.problems import Problem
from config.shop import ENTRY_CODE_HEADERS, STAFF_HEADERS, STORE_HEADERS

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ACCOUNTS = frozenset({"oa-main", "wecom-main"})
TOPICS = {"greeting", "fallback", "fallback_twice", "is_human", "complaint", "no_group"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A small home without a problem."""
    write(tmp_path, "stores.csv", "id,name\nS1,一店\n")
    write(tmp_path, "staff.csv", "userid,name,store\nbo,小波,S1\n")
    write(tmp_path, "entry_codes.csv", "key,store,staff\nposter-S1,S1,\nstaff-bo,S1,bo\n")
    write(tmp_path, "personas/du.yaml", "id: du\nname: 小度\nreplies:\n  greeting: 你好\n")
    write(tmp_path, "campaigns/a.yaml", "id: new\nname: 新人券\nterms: 满减\nstock: 5\n")
    write(tmp_path, "content.yaml", "default_persona: du\n")
    return tmp_path


def write(home: Path, name: str, text: str | bytes) -> None:
    path = home / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def read_at(home: Path) -> tuple[Content, tuple[Problem, ...]]:
    return read(home, accounts=ACCOUNTS, official=frozenset({"oa-main"}), now=NOW)


def told(home: Path) -> list[str]:
    return [str(problem) for problem in read_at(home)[1]]


def every_text(content: Content) -> Iterator[str]:
    for persona in content.personas.values():
        for said in persona.replies.values():
            yield from said
    for welcome in content.welcomes:
        yield from (welcome.text, welcome.remark)
    for campaign in content.campaigns.values():
        yield from (campaign.granted, campaign.again, campaign.sold_out)
    for notice in content.notices.values():
        yield from (notice.url, notice.page, *(field.text for field in notice.fields))


def test_the_sample_home_has_no_problem_and_is_complete(tmp_path: Path) -> None:
    fill_home(tmp_path)
    content, problems = read_at(tmp_path)
    assert problems == ()
    assert len(content.stores) == 12
    assert set(content.campaigns) == {"newcomer", "pet-newcomer", "flash-egg", "breakfast"}
    assert set(content.pools) == {"pets", "moms", "neighbours"}
    assert content.campaigns["breakfast"].stock == 50
    assert content.campaigns["flash-egg"].stock == 1
    assert {key.split("-")[0] for key in content.entry_codes} == {"poster", "staff"}


def test_the_sample_personas_have_something_to_say_on_the_same_topics(tmp_path: Path) -> None:
    fill_home(tmp_path)
    topics = [set(each.replies) for each in read_at(tmp_path)[0].personas.values()]
    assert topics[0] >= TOPICS
    assert topics[0] == topics[1] == topics[2]


def test_the_small_home_reads_into_nouns(home: Path) -> None:
    content, problems = read_at(home)
    assert problems == ()
    assert content.stores["S1"].name == "一店"
    assert content.entry_codes["staff-bo"].staff == "bo"
    assert content.personas["du"].replies == {"greeting": ("你好",)}
    assert content.campaigns["new"].per_person == 1


def test_an_empty_home_is_empty_content(tmp_path: Path) -> None:
    assert read_at(tmp_path)[0] == Content(automatic_mark=AUTOMATIC_MARK, calendar=published())
    assert (not told(tmp_path), "没有这个目录" in told(tmp_path / "gone")[0]) == (True, True)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("stores.csv", "id,name\nS1,\n", "stores.csv:2:name: name: 缺少这一项"),
        ("stores.csv", "id,nmae\nS1,x\n", "stores.csv:1:nmae: 不认识的列（是不是 name？）"),
        ("stores.csv", "id,id,name\n", "stores.csv:1:id: 这一列重复了"),
        ("stores.csv", "id,name\nS1,a\nS1,b\n", "3:id: 门店 “S1” 重复，stores.csv 第 2 行已有"),
        ("stores.csv", "id,name\nS1,a,b\n", "有 3 格，表头只有 2 列"),
        ("stores.csv", 'id,name\nS1,"a\n', "不是合法的 CSV"),
        ("stores.csv", "id,name\nS 1,a\n", "stores.csv:2:id: id: “S 1” 不能作编号"),
        ("stores.csv", "id,name,persona\nS1,a,duu\n", "没有这个人设：“duu”（是不是 du？）"),
        ("stores.csv", "id,name,phone\nS1,a,5.71E+11\n", "2:phone: phone: 号码被表格软件改成了"),
        ("stores.csv", "id,name,redeem_key_sha256\nS1,a,pw\n", "应为 64 位十六进制摘要"),
        ("stores.csv", "编号,名\n".encode("utf-16")[:-1], "stores.csv: 文字编码不对"),
        ("staff.csv", "userid,name,store\nbo,x,S9\n", "staff.csv:2:store: 没有这个门店：“S9”"),
        ("entry_codes.csv", f"key,staff\n{'s' * 31},bo\n", "导购的活码最多 30 个字符，现为 31 个"),
        ("content.yaml", "default_persona: xx", "content.yaml:1:18: 没有这个人设：“xx”"),
        (
            "content.yaml",
            "default_persona: du\nquiet_hours: 22-8",
            "2:14: quiet_hours: 应为起止时间",
        ),
        ("content.yaml", "person_words: [人工]", "1:1: default_persona: 缺少这一项"),
        ("personas/b.yaml", "id: du\nname: x\n", "人设 “du” 重复，personas/b.yaml 第 1 行已有"),
        ("personas/b.yaml", "id: b\nname: x\nreplies: {a: []}", "replies.a: 至少要有一句话"),
        (
            "personas/b.yaml",
            "id: b\nname: x\nvocie: y",
            "3:1: 不认识的项 “vocie”（是不是 voice？）",
        ),
        ("personas/b.yaml", "id: b\nname: 7", "2:7: name: 应为文字"),
        ("personas/b.yaml", "just words", "personas/b.yaml:1:1: 应为“名称: 值”的组合"),
        ("personas/b.yaml", b"id: \xff\xfe", "personas/b.yaml:1:5: 文字编码不对"),
        ("personas/b.yml", "", "personas/b.yml: 不会读取：只读取 .yaml 文件"),
        ("menu.yaml", "entries: [{name: 领券, key: a, url: b}]", "三者要有且只有一个"),
        ("menu.yaml", "entries: [{name: 一二三四五六, key: a}]", "name: 18 字节，最多 16 字节"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    home: Path, name: str, text: str | bytes, says: str
) -> None:
    write(home, name, text)
    assert [each for each in told(home) if says in each], told(home)


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("stock: 5", "", "campaigns/a.yaml:1:1: stock: 缺少这一项"),
        ("stock: 5", "stock: 0", "campaigns/a.yaml:4:8: stock: 应在 1 到"),
        ("stock: 5", "stock: -5", "stock: 应在 1 到"),
        ("stock: 5", "stock: 1e999", "stock: 应为整数"),
        ("stock: 5", "stock: .nan", "stock: 应为整数"),
        ("stock: 5", "stock: true", "stock: 应为整数"),
        ("stock: 5", "stock: 5\nvalue_fen: 9.9", "金额以分为单位，应为整数（是不是 990？）"),
        ("stock: 5", "stock: 5\nvalue_fen: -1", "value_fen: 应在 0 到"),
        ("stock: 5", "stock: 5\nstores: [S1, S2]", "5:14: 没有这个门店：“S2”"),
        ("stock: 5", "stock: 5\nopens: 2026-07-02\ncloses: 2026-07-01", "6:9: closes: 结束时间"),
        ("stock: 5", "stock: 5\ncloses: 2026-05-01", "closes: 活动已经结束"),
        ("stock: 5", "stock: 5\ncloses: 5 月", "closes: 应为日期时间，如"),
        ("stock: 5", "stock: 5\nprefix: pét", "prefix: 券码前缀只用"),
        ("stock: 5", f"stock: 5\ngranted: {'字' * 683}", "granted: 2049 字节，超过平台的 2048"),
        ("stock: 5", "codes_file: codes/gone.csv", "这个活动没有库存"),
        ("stock: 5", "codes_file: ../../etc/passwd", "4:13: codes_file: ../../etc/passwd 不在"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(home: Path, was: str, now: str, says: str) -> None:
    good = "id: new\nname: 新人券\nterms: 满减\nstock: 5\n"
    write(home, "campaigns/a.yaml", good.replace(was, now))
    assert [each for each in told(home) if says in each], told(home)


def test_times_without_a_zone_are_the_stores_time(home: Path) -> None:
    window = "stock: 5\nopens: 2026-07-01 08:00\ncloses: 2026-07-02T08:00:00Z\n"
    write(home, "campaigns/a.yaml", f"id: new\nname: x\nterms: y\n{window}")
    campaign = read_at(home)[0].campaigns["new"]
    assert campaign.opens == datetime(2026, 7, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    assert campaign.closes == datetime(2026, 7, 2, 8, tzinfo=UTC)


def test_imported_codes_are_the_stock(home: Path) -> None:
    campaign = "id: new\nname: x\nterms: y\ncodes_file: codes/b.csv\n"
    write(home, "campaigns/a.yaml", campaign)
    write(home, "codes/b.csv", "券码\nA1\nA2\nA3\n")
    assert read_at(home)[0].campaigns["new"].stock == 3
    write(home, "campaigns/a.yaml", campaign + "stock: 4\n")
    assert "campaigns/a.yaml:5:8: stock: 库存 4 多于券码文件里的 3 个" in told(home)


def test_a_batch_of_codes_names_its_bad_lines(tmp_path: Path) -> None:
    write(tmp_path, "b.csv", f"code\nA1\nA1\n{'X' * 65}\n券\n6.9E+12\nA2\n")
    codes, problems = read_codes(tmp_path / "b.csv")
    assert codes == ("A1", "A2")
    assert [problem.line for problem in problems if problem.level == "error"] == [6, 3, 4, 5, 6]
    write(tmp_path, "empty.csv", "code\n")
    assert str(read_codes(tmp_path / "empty.csv")[1][0]) == "empty.csv: 没有一张券码"


def test_a_pool_is_checked_with_its_groups(home: Path) -> None:
    write(
        home,
        "pools/p.yaml",
        "id: p\nname: 群\naccount: wecom-mian\nbenefit: nwe\ngroups:\n"
        "  - {chat: w1, name: a, store: S2}\n"
        "  - {chat: w1, name: b, capacity: 501, expires: 2026-05-01}\n"
        "  - {chat: w2, name: c, closed: maybe}\n",
    )
    write(home, "pools/q.yaml", "id: q\nname: 空\naccount: wecom-main\n")
    assert told(home) == [
        "pools/p.yaml:3:10: 没有这个账号：“wecom-mian”（是不是 wecom-main？）",
        "pools/p.yaml:4:10: 没有这个活动：“nwe”（是不是 new？）",
        "pools/p.yaml:6:32: 没有这个门店：“S2”",
        "pools/p.yaml:7:49: expires: 入群码已经过期，不会再发给顾客",
        "pools/p.yaml:7:12: 群 “w1” 重复，pools/p.yaml 第 6 行已有",
        "pools/p.yaml:7:35: capacity: 应在 1 到 500 之间，现为 501",
        "pools/p.yaml:8:33: closed: 应为 true 或 false",
        "pools/q.yaml:1:1: groups: 群池里没有群，顾客会被告知暂时没有群",
    ]
    levels = [problem.level for problem in read_at(home)[1]]
    assert levels.count("warning") == 2


def test_a_welcome_is_checked_against_occasions_and_entry_codes(home: Path) -> None:
    write(
        home,
        "welcomes/w.yaml",
        "- {id: a, occasion: folow, text: x}\n"
        "- {id: b, occasion: scan, key: poster-S2, text: x}\n"
        "- {id: c, occasion: scan, key: wall-*, text: x, remark: y}\n"
        "- {id: d, occasion: scan, key: poster-*, text: x}\n"
        "- {id: e, occasion: scan, key: poster-*}\n",
    )
    assert told(home) == [
        "welcomes/w.yaml:1:21: occasion: 应为 follow、scan、contact、enter 之一（是不是 follow？）",
        "welcomes/w.yaml:2:32: 没有这个活码：“poster-S2”（是不是 poster-S1？）",
        "welcomes/w.yaml:3:57: remark: 只有 occasion: contact 才能写备注",
        "welcomes/w.yaml:3:32: 没有一个活码以 “wall-” 开头",
        "welcomes/w.yaml:5:32: scan 时的欢迎语 “poster-*” 重复，welcomes/w.yaml 第 4 行已有",
        "welcomes/w.yaml:5:3: text: 缺少这一项",
    ]


def test_every_text_with_slots_is_handed_to_the_check(tmp_path: Path) -> None:
    fill_home(tmp_path)
    seen: set[str] = set()

    def refuse(text: str) -> str:
        seen.add(text)
        return "坏空位"

    official = frozenset({"oa-main"})
    content, problems = read(
        tmp_path, accounts=ACCOUNTS, official=official, now=NOW, check_text=refuse
    )
    assert set(every_text(content)) - {""} <= seen
    assert all("坏空位" in problem.message for problem in problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_sheet_reads_as_spreadsheets_save_it(tmp_path: Path, encoding: str, newline: str) -> None:
    rows = ["门店名称,门店编号,地址", '"良渚，店",S1,"一楼,东"', ",,", "龘店,S2,"]
    write(tmp_path, "stores.csv", newline.join(rows).encode(encoding))
    stores = read_at(tmp_path)[0].stores
    assert [(store.id, store.name, store.address) for store in stores.values()] == [
        ("S1", "良渚，店", "一楼,东"),
        ("S2", "龘店", ""),
    ]


def test_a_formula_is_text_with_a_warning_and_a_phone_is_none(tmp_path: Path) -> None:
    write(tmp_path, "stores.csv", "id,name,phone\nS1,=cmd|x,+86 571\nS2,a,-\n")
    content, (problem,) = read_at(tmp_path)
    assert content.stores["S1"].name == "=cmd|x"
    assert (problem.level, problem.line, problem.column) == ("warning", 2, "name")


def test_a_link_out_of_the_home_is_refused_and_an_open_file_doubted(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.yaml"
    outside.write_text("id: x\nname: x\n", encoding="utf-8")
    (home / "personas/x.yaml").symlink_to(outside)
    (home / "stores.csv").chmod(0o666)
    assert told(home) == [
        "personas/x.yaml: 不在本店目录里（路径或链接指到了外面）",
        "stores.csv: 任何人都能改这个文件，请执行 chmod o-w",
    ]


def test_the_manual_names_every_key() -> None:
    manual = (Path(__file__).parents[1] / "docs/reference/content.md").read_text(encoding="utf-8")
    nouns = (Store, Staff, EntryCode, Persona, Campaign, Pool, Group, Welcome, MenuEntry)
    names = {each.name for noun in nouns for each in dataclasses.fields(noun)}
    headings = {**STORE_HEADERS, **STAFF_HEADERS, **ENTRY_CODE_HEADERS}.values()
    assert [name for name in (*names, *headings) if f"`{name}`" not in manual] == []
