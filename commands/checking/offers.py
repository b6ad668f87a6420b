"""Rules that give what there is none of: ended campaigns, empty shelves, pools without a seat."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from commands.checking.kinds import of_shop
from commands.checking.left import UNUSED_DAYS, Left
from config.nouns import Campaign, Content, Pool
from keyword_rules.findings.finding import Finding, at_step
from keyword_rules.rule import Rule

FEW = 10  # coupon codes below which a campaign will not last the day


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What rules may give, and what of it is left. Without `left` the content alone is judged."""

    content: Content
    now: datetime
    left: Left | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Where the stores' clocks are."""
        return ZoneInfo(self.content.store_zone)


def offers(rules: Iterable[Rule], shop: Shop) -> Iterator[Finding]:
    """Name each rule that would have to disappoint, or that nobody needed."""
    hit = shop.left.hit if shop.left else None
    for rule in rules:
        for name, step in _named(rule, "campaign").items():
            if campaign := shop.content.campaigns.get(name):
                found = _of_campaign(rule, campaign, shop)
                yield from (at_step(one, rule, step) for one in found)
        for name, step in _named(rule, "pool").items():
            if pool := shop.content.pools.get(name):
                yield from (at_step(one, rule, step) for one in _of_pool(rule, pool, shop))
        if hit is not None and rule.id not in hit:
            message = f"{UNUSED_DAYS} 天里没有命中过一次"
            yield of_shop(rule, "unused", message, hint="不再需要就删掉，或补上顾客常用的词")


def _named(rule: Rule, what: str) -> Mapping[str, int]:
    """Return what the steps of a rule name, each with the number of the first that does."""
    names: dict[str, int] = {}
    for number, step in enumerate(rule.do):
        if isinstance(name := step.args.get(what), str) and name:
            names.setdefault(name, number)
    return names


def _of_campaign(rule: Rule, campaign: Campaign, shop: Shop) -> Iterator[Finding]:
    called = f"活动 {campaign.id}"
    if campaign.closes and campaign.closes <= shop.now:
        over = f"{called} 已在 {campaign.closes:%Y-%m-%d %H:%M} 结束"
        hint = "删掉这条规则，或改活动的 closes"
        yield of_shop(rule, "campaign_over", over, hint=hint)
        return
    if campaign.opens and campaign.opens > shop.now:
        yield from _ahead(rule, campaign, shop)
    codes = campaign.stock
    if shop.left:  # a campaign that the database does not know yet is stocked by the next start
        codes = shop.left.codes.get(campaign.id, campaign.stock)
    if not codes:
        hint = "加库存（stock 或券码文件），或先停这条规则"
        yield of_shop(rule, "no_stock", f"{called} 一张券也没有了", hint=hint)
    elif codes < min(FEW, campaign.stock):
        hint = "加库存（stock 或券码文件）"
        yield of_shop(rule, "low_stock", f"{called} 只剩 {codes} 张券", hint=hint)


def _ahead(rule: Rule, campaign: Campaign, shop: Shop) -> Iterator[Finding]:
    if campaign.opens is None:
        return
    opens = campaign.opens.astimezone(shop.zone)
    lasts = [dates.last for dates in rule.where.dates]
    if lasts and all(last and last < opens.date() for last in lasts):
        message = f"dates 在活动 {campaign.id} {opens:%Y-%m-%d %H:%M} 开始前就结束了"
        yield of_shop(rule, "too_early", message, hint="改 dates 或活动的 opens")
    else:
        message = f"活动 {campaign.id} 要到 {opens:%Y-%m-%d %H:%M} 才开始"
        yield of_shop(rule, "campaign_ahead", message, hint="在那之前会说 not_yet 的话")


def _of_pool(rule: Rule, pool: Pool, shop: Shop) -> Iterator[Finding]:
    usable = [
        group
        for group in pool.groups
        if not group.closed and not (group.expires and group.expires <= shop.now)
    ]
    if not usable:
        why = "没有群" if not pool.groups else "里的群都关闭或过期了"
    elif shop.left and not shop.left.seats.get(pool.id, 1):
        why = "里的群都满了"
    else:
        return
    yield of_shop(rule, "no_seat", f"群池 {pool.id} {why}", hint="给群池加一个开着的群")
