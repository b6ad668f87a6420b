"""Whether a reminder of a coupon, promised long before, is still wanted at its hour."""

from bot.actions.notice import coupon_reminded
from bot.db.people import tags_of
from bot.db.tx import Tx

_WISHES = frozenset({"触达/退订", "触达/少发"})  # no messages, or fewer
_SPENT = (
    "SELECT 1 FROM redemption r WHERE r.undone = 0 AND r.coupon_id IN (SELECT g.coupon_id"
    " FROM coupon_grant g WHERE coalesce(g.same_as, g.coupon_id) ="
    " (SELECT coalesce(o.same_as, o.coupon_id) FROM coupon_grant o WHERE o.coupon_id = ?))"
    " LIMIT 1"
)


async def unwanted(tx: Tx, about: str, person: str, now_us: int) -> str:
    """Return why a member is not to be reminded any more, in Chinese; "" when they are.

    A coupon is spent under any of its names: of two members found to be one, either may have used
    it. A wish said since the coupon was given counts.
    """
    coupon = coupon_reminded(about)
    if coupon is None:
        return ""
    if await tx.one(_SPENT, coupon):
        return "券已核销，不用再提醒"
    if _WISHES & (await tags_of(tx, person, now_us)).keys():
        return "顾客后来退订或要少发，不提醒到期"
    return ""
