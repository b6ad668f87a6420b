"""A home with one of every mistake: where each is planted, and the words it must be told by."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commands.parts.compose import fill

# In a planted file a line that ends in «#! words» is a mistake; the words must be told there.
# Several are parted by «&». A line «#^ words» says so of the line above it.
_MARK, _ABOVE, _AND = "#! ", "#^ ", " & "


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A mistake: the line it stands in, and words that its message has."""

    file: str
    line: int
    words: str


def plant(home: Path) -> tuple[Planted, ...]:
    """Fill a home with the samples and the mistakes, and return these in the order planted."""
    fill(home)
    planted: list[Planted] = []
    files = {**_CONTENT, **{f"rules/{name}": text for name, text in _RULES.items()}}
    for name, text in files.items():
        lines: list[str] = []
        for line in text.splitlines():
            if line.lstrip().startswith(_ABOVE):
                told = line.lstrip().removeprefix(_ABOVE)
                planted += _mistakes(name, len(lines), told)
            else:
                written, _, told = line.partition(_MARK)
                lines.append(written.rstrip())
                planted += _mistakes(name, len(lines), told)
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return (*planted, *_odd_files(home))


def _mistakes(file: str, line: int, told: str) -> Iterator[Planted]:
    for words in told.split(_AND):
        if words:
            yield Planted(file=file, line=line, words=words)


def _odd_files(home: Path) -> Iterator[Planted]:
    """Write what is wrong as a file, not as text."""
    rules = home / "rules"
    (rules / "z-bom.yaml").write_bytes(b"\xef\xbb\xbf- id: a\n")
    yield Planted(file="rules/z-bom.yaml", line=1, words="BOM")
    (rules / "z-utf16.yaml").write_text("- id: a\n", "utf-16")
    yield Planted(file="rules/z-utf16.yaml", line=1, words="不是 UTF-8")
    (rules / "z-bytes.yaml").write_bytes(b"- id: a\n  note: \xff\n")
    yield Planted(file="rules/z-bytes.yaml", line=2, words="不是 UTF-8")
    (home.parent / "elsewhere.yaml").write_text("- id: a\n", "utf-8")
    (rules / "z-link.yaml").symlink_to(home.parent / "elsewhere.yaml")
    yield Planted(file="rules/z-link.yaml", line=1, words="链接指向规则文件夹之外")
    text = "- id: open\n  say: 谁都能改\n  do: [handover]\n"
    (rules / "z-open.yaml").write_text(text, "utf-8")
    (rules / "z-open.yaml").chmod(0o666)
    yield Planted(file="rules/z-open.yaml", line=1, words="谁都能改这个文件")
    os.truncate(rules / "z-cut.yaml", (rules / "z-cut.yaml").stat().st_size - 3)


_RULES = {
    "a-broken.yaml": """\
- id: unknown-key
  say: 甲一
  wehre: { channel: [oa] }  #! 没有 wehre 这个键
  do: [handover]
- id: twice
  say: 甲二
  say: 甲三  #! 重复的键 say
  do: [handover]
- id: anchor
  say: &words [甲四]  #! 不支持锚点 &words
  do: [handover]
- id: alias
  say: *words  #! 不支持引用 *words
  do: [handover]
- id: tag
  say: !!python/object:os.system 甲五  #! 不支持标签
  do: [handover]
- id: number
  say: 甲六
  priority: .nan  #! 整数
  do: [handover]
- id: huge
  say: 甲七
  priority: 1e999  #! 整数
  do: [handover]
- id: look-ahead
  say: { any: ['甲(?=八)'], mode: regex }  #! 前瞻
  do: [handover]
- id: empty-regex
  say: { any: ['甲*'], mode: regex }  #! 空文字
  do: [handover]
- id: campaign
  say: 甲九
  do: [{ grant: { campaign: newcommer } }]  #! 没有活动 newcommer
- id: pool
  say: 甲十
  do: [{ invite: { pool: pet } }]  #! 没有群池 pet
- id: attribute
  say: 乙一
  do: [{ reply: '{code.__class__}' }]  #! 不是变量
- id: position
  say: 乙二
  do: [{ reply: '{0}' }]  #! 不是变量
- id: brace
  say: 乙三
  do: [{ reply: '{code' }]  #! 没有配对
- id: slot
  say: 乙四
  do: [{ reply: '{cod}' }]  #! 没有变量 {cod}
- id: hours
  say: 乙五
  where: { hours: 25:00-26:00 }  #! 没有这个时刻
  do: [handover]
- id: both
  say: 乙六
  where: { tagged: [老客], not_tagged: [老客] }  #! 既要有又要没有
  do: [handover]
- id: verb
  say: 乙七
  do: [handovre]  #! 没有动作 handovre
- id: channel
  say: 乙八
  where: { channel: [ao] }  #! 没有渠道 ao
  do: [handover]
- id: no-steps  #! 缺少 do
  say: 乙九
- id: failing
  say: { any: [和服], mode: word }
  do: [handover]
  cases:
    - { text: 产品和服务, hit: true }  #! 没有命中
    - { text: 我要租和服, hit: false }  #! 不该命中却命中了
- id: hit-missing
  say: 乙十
  do: [handover]
  cases:
    - { text: 乙十 }  #! 缺少 hit
- id: sound-in-a-broken-file  #! 没有一条必须命中的例句
  say: 丙一丙二
  do: [handover]
""",
    "b-tab.yaml": "- id: tab\n\tsay: 甲  #! YAML 语法错误\n",
    "c-twice.yaml": """\
- id: unknown-slot
  say: 丁一
  do: [handover]
  cases: [{ text: 丁一, hit: true }]
- id: unknown-slot  #! 规则 id unknown-slot 已经用在
  say: 丁二
  do: [handover]
""",
    "d-lint.yaml": """\
- id: high
  say: 折扣日
  priority: 50
  do: [{ reply: 每周三 }]
  cases: [{ text: 折扣日, hit: true }]
- id: shadowed  #! 永远轮不到
  say: [会员折扣日, 本周折扣日]
  do: [{ reply: 每周三 }]
  cases:
    - { text: 会员折扣日几号, hit: true }  #! 先被 high 命中并停止
- id: overlap  #! 「折扣日券」先被 high 命中并停止
  say: [折扣日券, 集章卡]
  do: [{ reply: 好的 }]
  cases: [{ text: 集章卡, hit: true }]
- id: excluded  #! 说什么都不会命中 & 没有一条必须命中的例句
  say: { any: [泡面吃法], none: [泡面] }
  do: [{ reply: 好的 }]
  cases: [{ text: 泡面, hit: false }]
- id: dead-word  #! 「热狗吃法」这个词不起作用
  say: { any: [热狗吃法, 烤肠吃法], none: [热狗] }
  do: [{ reply: 好的 }]
  cases: [{ text: 烤肠吃法, hit: true }]
- id: past  #! dates 写的日子都过了
  say: 老黄历
  where: { dates: 2020-01-01..2020-01-31 }
  do: [{ reply: 好的 }]
  cases: [{ text: 老黄历, hit: true, at: 2020-01-02 10:00 }]
- id: no-weekday  #! 没有一天是 weekdays
  say: 星期错了
  where: { dates: 2099-01-05..2099-01-06, weekdays: [sun] }
  do: [{ reply: 好的 }]
  cases: [{ text: 换一句, hit: false }]
- id: repeated
  say: 重复例句
  do: [{ reply: 好的 }]
  cases:
    - { text: 重复例句, hit: true }
    - { text: 重复例句, hit: true }  #! 的一样
- id: too-long
  say: 长长的话
  do: [{ reply: '{terms}LONG' }]  #! 会被截断
  cases: [{ text: 长长的话, hit: true }]
- id: same-tag  #! 又打又去标签 常客
  say: 标签打架
  do: [{ tag: [常客] }, { untag: [常客] }]
  cases: [{ text: 标签打架, hit: true }]
- id: going-on
  say: 标签相反
  priority: 1
  stop: false
  do: [{ tag: [夜猫] }]
  cases: [{ text: 标签相反, hit: true }]
- id: opposite  #! 同时命中 going-on
  say: 标签相反的话
  do: [{ untag: [夜猫] }]
  cases: [{ text: 标签相反的话, hit: true }]
- id: idle-tag  #! 有标签 早客 才命中，却又打它
  say: 早客来了
  where: { tagged: [早客] }
  do: [{ tag: [早客] }]
  cases: [{ text: 早客来了, hit: true }]
- id: best
  say: 好茶
  do: [{ reply: 全城最佳好茶降血糖，分享朋友圈领券 }]
  #^ 极限词“最佳” & 诱导分享“分享朋友圈” & 疗效“降血糖”
  cases: [{ text: 好茶, hit: true }]
- id: over
  say: 旧活动
  do: [{ grant: { campaign: old } }]  #! 活动 old 已在 2020-02-01 00:00 结束
  cases: [{ text: 旧活动, hit: true }]
- id: no-seat
  say: 进关闭的群
  do: [{ invite: { pool: closed } }]  #! 群池 closed 里的群都关闭或过期了
  cases: [{ text: 进关闭的群, hit: true }]
- id: topic
  say: 不会说的话题
  do: [{ topic: wether }]  #! 没有一个人设会说
  cases: [{ text: 不会说的话题, hit: true }]
- id: odd-link
  say: 怪链接
  do: [{ reply: { text: 好, link: 'ftp://x', link_title: 看 } }]  #! link 应为 https:// 开头
  cases: [{ text: 怪链接, hit: true }]
""".replace("LONG", "长" * 700),
    "z-cut.yaml": "- id: cut\n  say: [半个\n  do: [handover]\n",
}
_CONTENT = {
    "campaigns/old.yaml": """\
id: old
name: 旧活动
stock: 5
terms: 一张
closes: '2020-02-01'  #! 活动已经结束
granted: 本市最好的券  #! 极限词“最好”
""",
    "campaigns/wrong.yaml": """\
id: wrong
name: 写错的
stock: -3  #! 应在 1 到
terms: 一张
opens: '2026-02-02'
closes: '2026-02-01'  #! 结束时间不在开始时间之后
stores: [S999]  #! 没有这个门店
nmae: 名字  #! 不认识的项
codes_file: codes/none.csv
#^ 没有库存
""",
    "pools/closed.yaml": """\
id: closed
name: 关了的群池
account: wecom-man  #! 没有这个账号
groups:
  - { chat: wrClosed1, name: 一群, closed: true }
  - { chat: wrClosed2, name: 二群, expires: '2020-01-01' }  #! 入群码已经过期
""",
    "welcomes/bad.yaml": """\
id: bad
occasion: fellow  #! 应为 follow
text: '{store_nmae} 欢迎'  #! 没有空位 {store_nmae}
""",
    "settings.yaml": """\
store_zone: Asia/Shanghia  #! 没有这个时区
listen: { port: 99999 }  #! 不能大于 65535
log_levle: info  #! 不认识的设置
accounts:
  - id: oa-main
    kind: oa
    appid: wx1
    original_id: gh_1
    token: tokentoken
    aes_key: short  #! 43
    secret: s
""",
}
