"""Words that advertising law, or prudence, keeps out of an automatic answer.

Superlatives (极限词) and medical claims by the Advertising Law of China, articles 9 and 17;
promises because nobody is there to keep them.
"""

import re
from collections.abc import Iterator

_CLAIMS = (
    # A few everyday words hold the same characters: 最近, 最里面, 第一次.
    ("极限词", r"最(?![近后多少晚早迟终初里外上下左右前底])[^，。！？、\s]?"),
    ("极限词", r"第一(?!次|步|时间|个|位|天|行|批)|国家级|世界级|宇宙级|顶级|极品|极致"),
    ("极限词", r"独一无二|史无前例|绝无仅有|空前绝后|万能|全网|百分百|百分之百|100%"),
    ("疗效", r"治愈|根治|治病|疗效|药到病除|包治|抗癌|降血[压糖脂]|无副作用|减肥|排毒"),
    ("许诺", r"(?<![不没无])(?<!不能)保证|承诺|包退|包换|绝对|永久|肯定能|一定能|必中|稳赚"),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _CLAIMS)
PRICE = re.compile(r"[¥￥]|[0-9〇零一二两三四五六七八九十百千]+(\.[0-9]+)?\s*(元|块|毛)")


def claims(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the words of each claim in a text.

    >>> list(claims("本市最好吃的包子，最近刚到"))
    [('极限词', '最好')]
    """
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            yield kind, found[0]
