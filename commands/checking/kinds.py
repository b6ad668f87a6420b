"""Kinds of findings that need more than the rules: content, the law's words, the database."""

from collections.abc import Mapping
from types import MappingProxyType

from keyword_rules.findings.finding import KINDS as OF_RULES
from keyword_rules.findings.finding import Finding, Kind
from keyword_rules.rule import Rule

OF_SHOP: Mapping[str, Kind] = MappingProxyType(
    {
        "claim": Kind(
            level="warning",
            tells="words that advertising law or a platform forbids (`config/words/claims.csv`)",
        ),
        "campaign_over": Kind(level="warning", tells="it grants a campaign that has ended"),
        "campaign_ahead": Kind(level="info", tells="it grants a campaign that is not open yet"),
        "no_stock": Kind(level="warning", tells="it grants a campaign with no coupon code left"),
        "low_stock": Kind(
            level="warning", tells="it grants a campaign with fewer than 10 coupon codes left"
        ),
        "no_seat": Kind(
            level="warning", tells="it invites into a pool whose groups are closed, expired or full"
        ),
        "too_early": Kind(
            level="warning", tells="its `dates` end before the campaign it grants opens"
        ),
        "unused": Kind(
            level="info", tells="no message has hit it for 30 days (`rules lint --home` only)"
        ),
    }
)
KINDS: Mapping[str, Kind] = MappingProxyType({**OF_RULES, **OF_SHOP})


def of_shop(rule: Rule, kind: str, message: str, *, proof: str = "", hint: str = "") -> Finding:
    """A finding at the rule. Raises KeyError for a kind that is not in `OF_SHOP`."""
    return Finding(
        kind=kind,
        rule=rule.id,
        file=rule.file,
        line=rule.line,
        column=rule.column,
        message=message,
        proof=proof,
        hint=hint,
        level=OF_SHOP[kind].level,
    )
