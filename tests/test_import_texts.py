"""`rules import FILE` of what people keep rules in besides JSON: tables, YAML, code, lines."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from commands.importing.forms import read_sets
from commands.importing.source import Source, read_source
from commands.importing.texts import table_of
from commands.sheets.reading import OtherTable, read_sheet
from keyword_rules.rule import Mode
from tests.import_sets import Shop

ASKED = [("暗号", Mode.EQUALS, "一"), ("下雨", Mode.CONTAINS, "二\n行")]
TABLES = {
    "keywords.csv": '关键词,匹配方式,回复\n暗号,完全匹配,一\n下雨,包含,"二\n行"\n',
    "titled.tsv": '小店\n\n匹配类型\t关键字\t回答\n精确\t暗号\t一\n模糊\t下雨\t"二\n行"\n',
}
TEXTS = {
    "words.txt": 'keyword;reply;match_type\n暗号;一;exact\n下雨;"二\n行";contains\n',
    "rules.yaml": "rules:\n- {keyword: 暗号, reply: 一}\n- keywords: [下雨]\n  mode: contains\n"
    "  reply: |-\n    二\n    行\n",
    "itchat.py": "# 自动回复\nreplies = {\n  '暗号': {'keyword': '暗号', 'reply': '一'},\n"
    "  '雨': {'keyword': '下雨', 'mode': 'contains', 'reply': '二\\n行'},  # 常问\n}\n",
    "wechaty.js": "module.exports = [\n  {keyword: '暗号', reply: '一'},\n"
    "  {keyword: '下雨', mode: 'contains', reply: '二\\n行'},\n];\n",
    "broken.json": "[{'keyword': '暗号', 'reply': '一'},"
    " {'keyword': '下雨', 'mode': 'contains', 'reply': '二\\n行',}]",
}


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop(tmp_path, capsys)


def said(source: Source) -> list[tuple[str, Mode, str]]:
    """Every word of what was read, with how it is compared and its answer."""
    rules = [rule for one in read_sets(source.values) for rule in one.rules]
    return [(word, mode, rule.replies[0].text) for rule in rules for word, mode in rule.words]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_in_every_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(TEXTS[name].encode(encoding))
    assert said(read_source(tmp_path / name)) == ASKED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_another_program_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(TABLES[name].encode(encoding))
    with pytest.raises(OtherTable) as other:
        read_sheet(tmp_path / name)
    assert said(Source.of(table_of(other.value.rows))) == ASKED


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ini", "# 说明\n[话术]\n暗号 = 一\n\n; 别的\n地址=玉鸟路=12 号\n"),
        ("a.txt", "暗号\t一\n地址\t玉鸟路=12 号\n"),
        ("a.txt", "暗号＝一\n地址＝玉鸟路=12 号\n"),
        ("a.txt", "暗号：一\n地址：玉鸟路=12 号\n"),
        ("a.toml", '"暗号" = "一"\n"地址" = \'玉鸟路=12 号\'\n'),
        ("a.yml", "暗号: 一\n地址: 玉鸟路=12 号\n"),
        ("a.txt", "{'暗号': '一', '地址': '玉鸟路=12 号',}"),
    ],
)
def test_a_word_and_its_answer_a_line_are_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert said(read_source(tmp_path / name)) == [
        ("暗号", Mode.EQUALS, "一"),
        ("地址", Mode.EQUALS, "玉鸟路=12 号"),
    ]


def test_a_workbook_of_another_program_becomes_rules_of_the_home(shop: Shop) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["关键词库"])
    page.append(["关键词", "回复", "启用"])
    page.append(["暗号", 7.0, "是"])
    page.append([1111, "一", "否"])
    book.save(shop.folder / "words.xlsx")
    told = shop.run("rules", "import", shop.folder / "words.xlsx", "--as", "旧的")
    assert told.code == 0 and "这些键没有用到：启用" in told.out
    assert (shop.answers("暗号"), shop.answers("1111")) == (["7"], ["一"])
    assert [*shop.written()] == ["rules/imported-旧的.yaml"]


def test_a_word_that_stands_in_two_lines_is_told(shop: Shop) -> None:
    told = shop.bring("暗号=一\n暗号=二\n".encode(), name="a.txt")
    assert "文件里「暗号」写了两次，用的是后面那个" in told.out
    assert shop.answers("暗号") == ["二"]


def test_what_has_no_known_form_is_told_with_the_forms(shop: Shop) -> None:
    for name, text, words in [
        ("a.txt", "大家好，\n这是一段话。\n", "一行一对"),
        ("a.yaml", "a: b\n c: d\n", "a.yaml:2:3: 不是合法的 YAML"),
        ("a.yaml", "- id: a\n  say: [甲]\n  do: [{ reply: 乙 }]\n", "店小二自己的规则文件"),
        ("a.csv", "名字,电话\n一,二\n", "表头要有 关键词 和 回复"),
        ("a.csv", "关键词,回复,门店\n一,二,S001\n", "没有“编号”的表头"),
        ("a.txt", "{'a': 'b'", "a.txt:1:2: 不是合法的 JSON"),
        ("a.txt", '{"a": }', "a.txt:1:7: 不是合法的 JSON"),
    ]:
        told = shop.bring(text.encode(), name=name)
        assert told.code in (1, 2) and words in told.err, told
    told = shop.bring({"暗号": "一"}, "--json")
    assert told.code == 2 and "只用于 rules export 导出的表格" in told.err
    assert shop.written() == {}
