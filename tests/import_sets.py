"""Sets of other programs' rules with what they answer, and a home they are imported into."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.homes import Told, command

CONSOLE = {
    "is_add_friend_reply_open": 1,
    "is_autoreply_open": 1,
    "add_friend_autoreply_info": {"type": "text", "content": "谢谢关注"},
    "message_default_autoreply_info": {"type": "text", "content": "没听懂"},
    "keyword_autoreply_info": {
        "list": [
            {
                "rule_name": "图文",
                "reply_mode": "reply_all",
                "keyword_list_info": [
                    {"type": "text", "match_mode": "contain", "content": "news测试"}
                ],
                "reply_list_info": [
                    {
                        "type": "news",
                        "news_info": {
                            "list": [
                                {
                                    "title": "周报",
                                    "content_url": "http://mp.weixin.qq.com/s?a=1#rd",
                                },
                                {
                                    "title": "月报",
                                    "content_url": "http://mp.weixin.qq.com/s?a=2#rd",
                                },
                            ]
                        },
                    },
                    {"type": "text", "content": "看上面"},
                ],
            },
            {
                "rule_name": "随机",
                "reply_mode": "random_one",
                "keyword_list_info": [
                    {"type": "text", "match_mode": "equal", "content": "text测试"}
                ],
                "reply_list_info": [{"type": "text", "content": "hello!text!"}],
            },
            {
                "rule_name": "声音",
                "reply_mode": "random_one",
                "keyword_list_info": [
                    {"type": "text", "match_mode": "contain", "content": "voice测试"}
                ],
                "reply_list_info": [{"type": "voice", "content": "MediaIdOfAVoice"}],
            },
        ]
    },
}
NAMED = {
    "keyword": {
        "问候": {"keywords": ["你好", "hello"], "match_type": "exact", "reply": "很高兴见到你"},
        "天气": {"keywords": ["天气怎么样"], "match_type": "contains", "reply": "不错"},
        "图": {"keywords": ["图片"], "match_type": "contains", "reply": "https://a.example/1"},
        "资料": {
            "keywords": ["完整资料", "资料"],
            "match_type": "contains",
            "reply": ["全的", "b"],
        },
    }
}
NUMBERED = {
    "keyword_type": {"0": "完全匹配", "1": "左边匹配", "2": "右边匹配", "3": "模糊匹配"},
    "rules": [
        {"keyword": "高富帅 白富美", "keyword_type": 0, "reply": "整句"},
        {"keyword": "订座", "keyword_type": 1, "reply": "左边"},
        {"keyword": "谢谢老板", "keyword_type": "2", "reply": "右边"},
        {"keyword": "团建 年会", "keyword_type": 3, "reply": "模糊"},
    ],
}
PREFIXES = {"single_chat_prefix": ["bot", "@bot"], "group_chat_keyword": [], "subscribe_msg": ""}
MODES = {"keyword_type": {"0": "完全匹配", "3": "模糊匹配"}, "separator": "用空格分开"}

SETS: dict[str, tuple[Any, list[tuple[str, list[str] | None]]]] = {
    "console": (
        CONSOLE,
        [
            ("来个news测试", ["周报", "月报", "看上面"]),
            ("text测试", ["hello!text!"]),
            ("text测试吧", None),
            ("voice测试", None),
        ],
    ),
    "wrapped map": ({"keyword": {"关键字匹配": "测试成功"}}, [("关键字匹配", ["测试成功"])]),
    "flat map": (
        {"营业执照": "在墙上", "会员码": ["一", "二 {x}"]},
        [("会员码", ["一", "二 {x}"]), (" 营业执照 ", ["在墙上"]), ("看看会员码", None)],
    ),
    "named rules": (
        NAMED,
        [
            ("你好", ["很高兴见到你"]),
            ("你好呀", None),
            ("今天天气怎么样啊", ["不错"]),
            ("发我一份图片和完整资料", ["https://a.example/1", "全的", "b"]),
        ],
    ),
    "numbered modes": (
        NUMBERED,
        [
            ("白富美", ["整句"]),
            ("白富美来了", None),
            ("订座两位", ["左边"]),
            ("我要订座", None),
            ("好的谢谢老板", ["右边"]),
            ("下周年会吃什么", ["模糊"]),
        ],
    ),
    "a list of rows": ([{"keyword": "暗号", "reply": "天王盖地虎"}], [("暗号", ["天王盖地虎"])]),
}


class Shop:
    """A home as `init` makes it, and files beside it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.home = folder, folder / "home"
        self._capsys = capsys
        assert self.run("init", "--yes").code == 0

    def run(self, *words: object) -> Told:
        return command(self._capsys, *map(str, words), "--home", str(self.home))

    def bring(self, content: Any, *options: object, name: str = "set.json") -> Told:
        file = self.folder / name
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        file.write_bytes(raw)
        return self.run("rules", "import", file, *options)

    def answers(self, text: str) -> list[str] | None:
        """What the imported rules answer: the texts in their order; None when none hits."""
        hits = json.loads(self.run("try", text, "--json").out)["hits"]
        ours = [hit for hit in hits if hit["rule"].startswith("imported-")]
        texts = [step["args"]["text"] for hit in ours for step in hit["do"]]
        return [text.replace("{{", "{").replace("}}", "}") for text in texts] if ours else None

    def written(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.home).as_posix(): path.read_bytes()
            for path in self.home.rglob("imported-*.yaml")
        }
