"""After a coupon was given: its page opened, a redemption taken back, a store's day listed."""

from collections.abc import Sequence

from bot.db.tx import Row, Tx
from bot.errors import Contended

MOST_LISTED = 60  # so that a page with a button for each stays small
_UNDONE_WITHIN_US = 8 * 24 * 3600 * 1_000_000  # longer than `redeem_undo_min` can be
_LISTED = (
    "SELECT r.id, r.code, r.at_us, r.cashier, r.undone, r.undone_us, r.undone_by, c.campaign"
    " FROM redemption r JOIN coupon c ON c.id = r.coupon_id"
)


async def bind_device(tx: Tx, *, coupon: int, device: str, given: int) -> None:
    """Bind a coupon's page to a device, by the link that the answer to inbox row `given` held.

    Raises Contended when a link as new was opened meanwhile.
    """
    bound = await tx.run(
        "UPDATE coupon_grant SET device = ?, device_given = ?"
        " WHERE coupon_id = ? AND device_given < ?",
        device, given, coupon, given,
    )  # fmt: skip
    if bound != 1:
        raise Contended(f"the page of coupon {coupon} was opened meanwhile")


async def undo(tx: Tx, *, coupon: int, by: str, at_us: int) -> None:
    """Take back the redemption that stands for a coupon; the row is kept.

    Raises Contended when there is none, since it was taken back meanwhile.
    """
    taken_back = await tx.run(
        "UPDATE redemption SET undone = id, undone_us = ?, undone_by = ?"
        " WHERE coupon_id = ? AND undone = 0",
        at_us, by, coupon,
    )  # fmt: skip
    if taken_back != 1:
        raise Contended(f"the redemption of coupon {coupon} was taken back meanwhile")


async def redemptions_since(tx: Tx, store: str, since_us: int) -> Sequence[Row]:
    """Return a store's newest redemptions made or taken back since a moment; at most 60."""
    return await tx.all(
        _LISTED + " WHERE r.store = ? AND r.at_us >= ? AND (r.at_us >= ? OR r.undone_us >= ?)"
        " ORDER BY coalesce(r.undone_us, r.at_us) DESC, r.id DESC LIMIT ?",
        store, since_us - _UNDONE_WITHIN_US, since_us, since_us, MOST_LISTED,
    )  # fmt: skip


async def standing_since(tx: Tx, store: str, since_us: int) -> Sequence[Row]:
    """Return how many coupons of each campaign a store took in since a moment, and kept."""
    return await tx.all(
        "SELECT c.campaign, count(*) AS taken FROM redemption r JOIN coupon c ON c.id = r.coupon_id"
        " WHERE r.store = ? AND r.at_us >= ? AND r.undone = 0 GROUP BY c.campaign",
        store, since_us,
    )  # fmt: skip


async def redemption_at(tx: Tx, store: str, redemption: int) -> Row | None:
    """Return one redemption made at a store, or None."""
    return await tx.one(_LISTED + " WHERE r.store = ? AND r.id = ?", store, redemption)


async def survivor_of(tx: Tx, person: str) -> str:
    """Return the id by which a member goes after every merge."""
    row = await tx.one("SELECT merged_into FROM person WHERE id = ?", person)
    return str(row["merged_into"]) if row and row["merged_into"] else person
