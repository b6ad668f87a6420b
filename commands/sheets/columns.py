"""The columns of the operators' sheet: what each is called, what may stand in it, an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from keyword_rules.rule import Mode

Row = Mapping[str, str]  # a rule's cells by field, each in the one spelling that we write


class Kind(StrEnum):
    """What a cell holds, and so how it is read."""

    TEXT = "text"
    WORDS = "words"
    SENTENCES = "sentences"
    NAME = "name"
    NAMES = "names"
    MODE = "mode"
    DATE = "date"
    WEEKDAYS = "weekdays"
    HOURS = "hours"
    NUMBER = "number"
    YES = "yes"
    TOLD = "told"  # for reading only


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `key` is the part of a rule it belongs to, `of` the kind of name it takes."""

    field: str
    heading: str
    kind: Kind
    about: str
    key: str = ""
    of: str = ""
    example: str = ""
    width: int = 12


MODES: Mapping[Mode, str] = {
    Mode.CONTAINS: "包含",
    Mode.EQUALS: "完全一致",
    Mode.PREFIX: "开头",
    Mode.SUFFIX: "结尾",
    Mode.WORD: "整词",
    Mode.SOUND: "读音",
    Mode.REGEX: "正则",
}
WEEKDAYS: Mapping[str, str] = dict(
    zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "一二三四五六日", strict=True)
)
YES = "是"

COLUMNS = (
    Column(
        field="id", heading="编号", kind=Kind.TEXT, key="id", width=22, example="coupon-newcomer",
        about="规则的名字，不能重复，不要改；新的一行可以不填，会自动起名",
    ),
    Column(
        field="words", heading="关键词", kind=Kind.WORDS, key="say", width=34,
        example="领券、优惠券",
        about="说到其中一个就算；几个词用顿号或换行分开；"
        "个别词另有匹配方式的，把它写在词前面，如 完全一致:在吗",
    ),
    Column(
        field="mode", heading="匹配方式", kind=Kind.MODE, key="say", width=10, example="包含",
        about="包含、完全一致、开头、结尾、整词（和服 不会命中 产品和服务）、"
        "读音（领卷 也算 领券）、正则；不填就是包含",
    ),
    Column(
        field="all_of", heading="必须同时有", kind=Kind.WORDS, key="say", width=16, example="券",
        about="每一个都要说到；和关键词一起写时，两边都要满足",
    ),
    Column(
        field="none_of", heading="不能有", kind=Kind.WORDS, key="say", width=16, example="早餐券",
        about="说到其中一个就不算",
    ),
    Column(
        field="stores", heading="门店", kind=Kind.NAMES, key="where", of="store", width=16,
        example="S001、S012", about="只在这些门店用，写门店编号；不填就是全部门店",
    ),
    Column(
        field="channels", heading="渠道", kind=Kind.NAMES, key="where", of="channel",
        example="oa、kf", about="只在这些渠道用；不填就是全部渠道",
    ),
    Column(
        field="reply", heading="回复", kind=Kind.TEXT, key="do", width=48,
        example="{store_name|本店}营业到 22:00",
        about="回给顾客的话，可以换行，可以用 {变量|默认值}",
    ),
    Column(
        field="persona", heading="人设", kind=Kind.NAME, key="do", of="persona",
        about="由谁来说这句回复；不填就按门店和默认的人设",
    ),
    Column(
        field="campaign", heading="活动", kind=Kind.NAME, key="do", of="campaign", width=16,
        example="newcomer", about="发这个活动的一份券",
    ),
    Column(
        field="pool", heading="群池", kind=Kind.NAME, key="do", of="pool", example="pets",
        about="给出这个群池里一个群的入口",
    ),
    Column(
        field="tags", heading="打标签", kind=Kind.NAMES, key="do", of="tag", width=18,
        example="兴趣/宠物", about="命中后给顾客打上；几个用顿号或换行分开",
    ),
    Column(
        field="untags", heading="去标签", kind=Kind.NAMES, key="do", of="tag", width=14,
        about="命中后从顾客身上去掉",
    ),
    Column(
        field="first", heading="开始日期", kind=Kind.DATE, key="where", example="2026-11-01",
        about="从这一天起有效（含当天）；不填就不限",
    ),
    Column(
        field="last", heading="结束日期", kind=Kind.DATE, key="where", example="2026-11-30",
        about="到这一天为止（含当天）；不填就不限",
    ),
    Column(
        field="weekdays", heading="星期", kind=Kind.WEEKDAYS, key="where", example="一、三、五",
        about="只在这几天；可以写 一至五；不填就是每天",
    ),
    Column(
        field="hours", heading="时段", kind=Kind.HOURS, key="where", width=16,
        example="08:00-22:00", about="只在这个时段，可以跨零点；几段用顿号分开",
    ),
    Column(
        field="priority", heading="优先级", kind=Kind.NUMBER, key="priority", width=8,
        example="10", about="整数，大的先命中；不填就是 0",
    ),
    Column(
        field="continue", heading="命中后继续", kind=Kind.YES, key="continue", width=11,
        about="填 是：这条命中后，后面的规则还可以再命中",
    ),
    Column(
        field="dry_run", heading="试运行", kind=Kind.YES, key="dry_run", width=8,
        about="填 是：只记下会命中，什么都不做",
    ),
    Column(
        field="hits", heading="应命中的话", kind=Kind.SENTENCES, key="cases", width=28,
        example="怎么领券", about="例句，一行一句；有一句没命中，这一行就不会写进去",
    ),
    Column(
        field="misses", heading="不该命中的话", kind=Kind.SENTENCES, key="cases", width=28,
        example="这个卷饼多少钱", about="例句，一行一句；有一句命中了，这一行就不会写进去",
    ),
    Column(
        field="note", heading="备注", kind=Kind.TEXT, key="note", width=20, about="给人看的",
    ),
    Column(
        field="place", heading="出处", kind=Kind.TOLD, width=20, about="写在哪个文件的第几行；只看",
    ),
    Column(
        field="more", heading="另有", kind=Kind.TOLD, width=24,
        about="这条规则还有、表里不能改的；只看，改别的格子时它们不变",
    ),
    Column(
        field="mark", heading="指纹", kind=Kind.TOLD, width=4,
        about="导出时的样子，用来发现文件和表格两边都改了；不要动",
    ),
)  # fmt: skip
BY_FIELD: Mapping[str, Column] = {column.field: column for column in COLUMNS}
EDITABLE = tuple(column for column in COLUMNS if column.kind is not Kind.TOLD)
KEYS = {column.field: column.key for column in EDITABLE}
