"""Reads the stages of content.yaml: what somebody bought, or is known by, to stand there."""

from config.fields import Fields
from config.nouns import StageRule
from config.problems import nearest

STAGE_NAMES = {
    "registered": "已注册",
    "first_order": "已首单",
    "taster": "尝鲜",
    "advocate": "推荐官",
}  # lowest first; below them everybody is a visitor
_KNOWN_BY = ("phone", "card")
_MOST_ORDERS = 100_000


def stages(fields: Fields) -> tuple[StageRule, ...]:
    """Return the stages, lowest first, each at most once; none when there are no `stages`."""
    found: list[StageRule] = []
    for each in fields.nested("stages"):
        rule = _stage(each)
        each.finish()
        if rule is not None:
            _check_order(each, found, rule)
            found.append(rule)
    return tuple(found)


def _stage(fields: Fields) -> StageRule | None:
    stage = fields.choice("stage", tuple(STAGE_NAMES))
    rule = StageRule(
        stage=stage,
        name=fields.text("name", STAGE_NAMES.get(stage, "")),
        orders=fields.whole("orders", high=_MOST_ORDERS),
        spend_fen=fields.fen("spend_fen"),
        names=fields.texts("names"),
    )
    for name in rule.names:
        if name not in _KNOWN_BY:
            hint = nearest(name, _KNOWN_BY)
            fields.refuse("names", f"“{name}” 不行，只能是 phone 或 card", hint=hint)
    if not (rule.orders or rule.spend_fen or rule.names):
        fields.refuse("stage", "要写明怎样算到了这个阶段：orders、spend_fen 或 names")
    return rule if stage in STAGE_NAMES else None


def _check_order(fields: Fields, found: list[StageRule], rule: StageRule) -> None:
    ladder = list(STAGE_NAMES)
    if found and ladder.index(rule.stage) <= ladder.index(found[-1].stage):
        fields.refuse("stage", f"{rule.stage} 应排在 {found[-1].stage} 前面，每个阶段写一次")
