"""Persona files: limits, hours and dialogues, and that every mistake is named with its place."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from config.claims import claims
from config.content import read
from config.nouns import Content
from tests.source import ROOT

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HEAD = "id: du\nname: 小度\n"
GREETS = "replies:\n  greeting: 你好呀\n"


def read_home(home: Path, persona: str, defaults: str = "") -> tuple[Content, list[str]]:
    """Read a home with one persona; return its content and what is wrong."""
    files = {
        "stores.csv": "id,name,address\nS1,一店,杭州市余杭区良渚街道一号\n",
        "personas/du.yaml": HEAD + persona,
        "content.yaml": f"default_persona: du\n{defaults}",
    }
    for name, text in files.items():
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    content, problems = read(home, now=NOW)
    return content, [str(problem) for problem in problems]


def test_a_whole_persona_reads_into_its_noun(tmp_path: Path) -> None:
    content, told = read_home(
        tmp_path,
        "limits: { max_chars: 50, forbidden: [亲], prices: false }\n"
        "hours: [周一至周五 08:00-22:00, 周六 09:00-18:00]\n" + GREETS + "dialogues:\n"
        "  - name: 半夜\n"
        '    given: { stage: first_order, store: S1, hour: "23:30", channel: kf, tags: [老客] }\n'
        "    says: [在吗, 你好]\n"
        "    expect: { persona: du, topic: greeting, handover: false, contains: 你好 }\n",
    )
    assert told == []
    du = content.personas["du"]
    assert (du.limits.max_chars, du.limits.forbidden) == (50, ("亲",))
    assert (du.limits.prices, du.limits.coupons) == (False, True)
    assert len(du.hours.spans) == 2
    (dialogue,) = du.dialogues
    assert (dialogue.says, dialogue.given.hour, dialogue.at.line) == (("在吗", "你好"), "23:30", 8)
    assert (dialogue.expect.handover, dialogue.expect.mark) == (False, None)


def test_the_words_of_consent_and_the_mark_are_read_with_their_defaults(tmp_path: Path) -> None:
    content, told = read_home(
        tmp_path, GREETS, "unsubscribe_words: [退订]\nless_words: 少发\nquiet_hours: 22:00-08:00\n"
    )
    assert told == []
    assert (content.unsubscribe_words, content.less_words) == (("退订",), ("少发",))
    assert content.automatic_mark == "（自动回复）"
    assert content.quiet_hours.text == "22:00-08:00"


@pytest.mark.parametrize(
    ("persona", "says"),
    [
        ("hours: 25:00-26:00\n", "personas/du.yaml:3:8: hours: “25:00-26:00” 看不懂"),
        ("hours: 08:00-08:00\n", "hours: “08:00-08:00” 不是一段时间"),
        ("limits: { max_chars: 0 }\n", "3:22: max_chars: 应在 1 到"),
        ("limits: { max_char: 5 }\n", "不认识的项 “max_char”（是不是 max_chars？）"),
        ("limits: 5\n", "3:9: 应为“名称: 值”的组合"),
        ("limits: { max_chars: 5 }\nreplies: { greeting: 你好你好你好 }\n", "是 6 字，超过 limits"),
        (
            'limits: { max_chars: 10 }\nreplies:\n  address: "{store_address|不知道}"\n',
            "du.yaml:5:12: replies.address: 填上最长的空位是",
        ),
        ("limits: { forbidden: [亲] }\nreplies: { greeting: 亲，在的 }\n", "不许说的“亲”"),
        ("replies: { greeting: 本店最好吃 }\n", "du.yaml:3:22: replies.greeting: 有极限词“最好”"),
        ("replies: { greeting: 本市第一家 }\n", "有极限词“第一”"),
        ("replies: { greeting: 国家级产品 }\n", "有极限词“国家级”"),
        ("replies: { greeting: 治愈失眠 }\n", "有疗效“治愈”"),
        ("replies: { greeting: 保证有货 }\n", "有许诺“保证”"),
        ("limits: { prices: false }\nreplies: { greeting: 只要5元 }\n", "不许报价，这里有“5元”"),
        (
            'limits: { coupons: false }\nreplies: { greeting: "券码 {code}" }\n',
            "不许发券，这里有空位 {code}",
        ),
        ('replies: { greeting: "{member_name}{code}" }\n', "只有空位"),
        ("replies: { greting: 你好 }\n", "没有这个话题：“greting”（是不是 greeting？）"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_persona_is_named_with_its_place(
    tmp_path: Path, persona: str, says: str
) -> None:
    _, told = read_home(tmp_path, persona)
    assert [each for each in told if says in each], told


@pytest.mark.parametrize(
    ("dialogue", "says"),
    [
        ("{ name: a, expect: { mark: true } }", "6:5: says: 顾客至少要说一句话"),
        ("{ name: a, says: b }", "expect: 要写明期望什么"),
        ("{ name: a, says: b, expect: { persona: dd } }", "没有这个人设：“dd”"),
        (
            "{ name: a, says: b, expect: { topic: greetin } }",
            "du.yaml:6:5: expect.topic: 没有这个话题：“greetin”（是不是 greeting？）",
        ),
        ("{ name: a, says: b, expect: { mark: yes } }", "mark: 应为 true 或 false"),
        ("{ name: a, says: b, given: { hour: 9 } }", "hour: 应为文字"),
        ('{ name: a, says: b, given: { hour: "24:30" } }', "hour: “24:30” 不是一天里的时刻"),
        ("{ name: a, says: b, given: { stage: vistor } }", "（是不是 visitor？）"),
        ("{ name: a, says: b, given: { store: S9 } }", "没有这个门店：“S9”"),
        ("{ name: a, says: b, given: { held: true } }", "held: 只有 channel: kf 才有真人接待"),
        ("{ name: a, says: b, given: 5 }", "应为“名称: 值”的组合"),
    ],
)
def test_a_mistake_in_a_dialogue_is_named_with_its_place(
    tmp_path: Path, dialogue: str, says: str
) -> None:
    _, told = read_home(tmp_path, f"{GREETS}dialogues:\n  - {dialogue}\n")
    assert [each for each in told if says in each], told


@pytest.mark.parametrize(
    "text", ["最近到货", "最后三天", "第一次来吗", "不能保证有货", "最多领一张", "在最里面的货架"]
)
def test_everyday_words_are_no_claims(text: str) -> None:
    assert list(claims(text)) == []


def test_every_ready_made_wording_of_a_coupon_leads_to_its_page() -> None:
    given = {"granted", "again", "coupon_granted", "coupon_again"}

    def wordings(node: object, under: str = "") -> Iterator[str]:
        if isinstance(node, dict):
            for name, below in node.items():
                yield from wordings(below, name)
        elif isinstance(node, list):
            for one in node:
                yield from wordings(one, under)
        elif under in given:
            yield str(node)

    files = [*(ROOT / "config").glob("*/**/personas/*.yaml"),
             *(ROOT / "config").glob("*/**/campaigns/*.yaml")]  # fmt: skip
    found = [text for file in files for text in wordings(yaml.safe_load(file.read_bytes()))]
    assert len(found) > 8
    assert [text for text in found if "{coupon_url}" not in text] == []
