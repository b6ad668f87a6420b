"""Shelves: coupon codes claimed once, redeemed once, and never more than the stock."""

from collections.abc import Iterable, Sequence
from itertools import islice

from bot.clock import moment
from bot.db.restored import QUARANTINED, restored
from bot.db.tx import Row, Tx
from bot.errors import Contended
from bot.facts import Campaign, CampaignFacts, CouponFacts, Grant
from bot.ids import coupon_code, readable_code

_CHUNK = 2_000
_AT_ONCE = 100  # rows a statement; a round trip to a server each
_WITHDRAWN = "withdrawn"


async def stock_generated(tx: Tx, campaign: Campaign) -> int:
    """Put generated codes on the shelf until the campaign's stock is reached; return how many.

    Repeating it adds nothing. At most 2,000 a call, so that one campaign never holds the writer.
    A stock that was lowered takes codes that nobody holds off the shelf. Those that a restored
    backup has put in doubt are replaced.
    """
    await _hold(tx, campaign)
    missing = min(await _room(tx, campaign, gone=(_WITHDRAWN, QUARANTINED)), _CHUNK)
    added = 0
    while added < missing:
        fresh = [coupon_code(campaign.prefix) for _ in range(min(_AT_ONCE, missing - added))]
        added += await _put(tx, campaign, fresh, "shelf")
    return added


async def stock_imported(tx: Tx, campaign: Campaign, codes: Iterable[str]) -> int:
    """Put the till's own codes on the shelf up to the campaign's stock; known ones are skipped.

    A stock that was lowered takes codes that nobody holds off the shelf. While a restored backup
    has put codes of the campaign in doubt, new ones are held as well: they may have been given.
    """
    await _hold(tx, campaign)
    room = await _room(tx, campaign, gone=(_WITHDRAWN,))
    state = QUARANTINED if await _in_doubt(tx, campaign) else "shelf"
    added, left = 0, iter(codes)
    while some := list(islice(left, min(_AT_ONCE, max(room - added, 0)))):
        added += await _put(tx, campaign, some, state)
    return added


async def _put(tx: Tx, campaign: Campaign, codes: Sequence[str], state: str) -> int:
    """Insert codes that nobody knows yet, in their order; return how many those were."""
    rows = ",".join(["(?,?,?)"] * len(codes))
    args = [one for code in codes for one in (campaign.id, code, state)]
    return await tx.run(
        f"INSERT INTO coupon(campaign, code, state) VALUES{rows} ON CONFLICT(code) DO NOTHING",
        *args,
    )


async def _in_doubt(tx: Tx, campaign: Campaign) -> bool:
    held = await tx.one(
        "SELECT 1 AS found FROM coupon WHERE campaign = ? AND state = ? LIMIT 1",
        campaign.id, QUARANTINED,
    )  # fmt: skip
    return held is not None or await restored(tx) is not None


async def _hold(tx: Tx, campaign: Campaign) -> None:
    await tx.lock(f"shelf:{campaign.id}")  # of processes that start together, one stocks it


async def _room(tx: Tx, campaign: Campaign, gone: tuple[str, ...]) -> int:
    """Fit the shelf to a changed stock with the codes that are there; return how many it lacks."""
    row = await tx.one(
        "SELECT count(*) AS n FROM coupon WHERE campaign = ?"  # noqa: S608  (marks)
        f" AND state NOT IN ({','.join('?' * len(gone))})",
        campaign.id, *gone,
    )  # fmt: skip
    room = campaign.stock - (row["n"] if row else 0)
    if room < 0:
        await _move(tx, campaign.id, ("shelf", _WITHDRAWN), -room)
        return 0
    return room - await _move(tx, campaign.id, (_WITHDRAWN, "shelf"), room)


async def _move(tx: Tx, campaign: str, states: tuple[str, str], count: int) -> int:
    before, after = states
    return await tx.run(
        "UPDATE coupon SET state = ? WHERE id IN (SELECT id FROM coupon WHERE campaign = ?"
        " AND state = ? ORDER BY id DESC LIMIT ?)",
        after, campaign, before, count,
    )  # fmt: skip


async def campaign_facts(tx: Tx, campaign: Campaign, person: str | None) -> CampaignFacts:
    """Return what a member holds of a campaign, and the shelf row a claim would take."""
    mine = await _grants(tx, campaign.id, person) if person else ()
    row = await _next_on_shelf(tx, campaign.id)
    return CampaignFacts(
        campaign=campaign,
        mine=tuple(mine),
        coupon=row["id"] if row else 0,
        code=row["code"] if row else "",
    )


async def _next_on_shelf(tx: Tx, campaign: str) -> Row | None:
    """Return the first shelf row that no other process is about to give, None for an empty shelf.

    Claims side by side take a row each. Whoever holds the last one may yet let it go, so before
    the shelf is called empty they are waited for.
    """
    first = "SELECT id, code FROM coupon WHERE campaign = ? AND state = 'shelf' ORDER BY id LIMIT 1"
    return await tx.one(first + tx.skip_locked, campaign) or await tx.one(
        first + tx.wait_locked, campaign
    )


async def _grants(tx: Tx, campaign: str, person: str) -> Sequence[Grant]:
    rows = await tx.all(
        "SELECT g.ordinal, c.id, c.code, g.expires_us, r.id AS redeemed FROM coupon_grant g"
        " JOIN coupon c ON c.id = g.coupon_id"
        " LEFT JOIN redemption r ON r.coupon_id = coalesce(g.same_as, g.coupon_id)"
        " AND r.undone = 0"
        " WHERE g.campaign = ? AND g.person_id = ? AND g.ordinal IS NOT NULL ORDER BY g.ordinal",
        campaign, person,
    )  # fmt: skip
    return [
        Grant(
            ordinal=r["ordinal"],
            coupon=r["id"],
            code=r["code"],
            expires=moment(r["expires_us"]),
            redeemed=r["redeemed"] is not None,
        )
        for r in rows
    ]


async def claim(
    tx: Tx, *, campaign: str, person: str, ordinal: int, coupon: int, inbox: int,
    at_us: int, expires_us: int,
) -> None:  # fmt: skip
    """Give the member the shelf row `coupon` as share `ordinal`.

    Raises Contended when the share or the row was taken since the facts were read.
    """
    taken = await tx.run(
        "INSERT INTO coupon_grant(campaign, person_id, ordinal, coupon_id, inbox_id, granted_us,"
        " expires_us) VALUES(?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",  # the share, or the coupon
        campaign, person, ordinal, coupon, inbox, at_us, expires_us,
    )  # fmt: skip
    moved = await tx.run(
        "UPDATE coupon SET state = 'granted' WHERE id = ? AND campaign = ? AND state = 'shelf'",
        coupon, campaign,
    )  # fmt: skip
    if taken != 1 or moved != 1:
        raise Contended(f"share {ordinal} of {campaign} or coupon {coupon} was taken meanwhile")


_COUPON = (
    "SELECT c.id, c.campaign, c.code, c.state, g.person_id, g.expires_us, g.device,"
    " g.device_given, coalesce(g.same_as, c.id) AS root, r.at_us AS redeemed_us,"
    " r.store AS redeemed_store, r.request AS redeemed_request,"
    " (SELECT count(*) FROM coupon_grant o JOIN redemption s ON s.coupon_id = o.coupon_id"
    "  AND s.undone = 0 WHERE o.person_id = g.person_id AND o.campaign = g.campaign"
    "  AND o.coupon_id <> coalesce(g.same_as, c.id)) AS others_redeemed"
    " FROM coupon c LEFT JOIN coupon_grant g ON g.coupon_id = c.id"
    " LEFT JOIN redemption r ON r.coupon_id = coalesce(g.same_as, c.id) AND r.undone = 0"
)


async def coupon_row(tx: Tx, coupon: int) -> Row | None:
    """Return a coupon by its shelf row, with its grant and redemption, or None."""
    return await tx.one(_COUPON + " WHERE c.id = ?", coupon)


async def find_coupon(tx: Tx, code: str) -> Row | None:
    """Return a coupon by its code as typed, with its grant and redemption, or None.

    A till's own code is found as it was imported, hyphens and lower case included; any other also
    when typed with spaces, hyphens or in lower case.
    """
    return await tx.one(
        _COUPON + " WHERE c.code IN (?, ?) ORDER BY c.code <> ? LIMIT 1",
        code, readable_code(code), code,
    )  # fmt: skip


def coupon_facts(row: Row, campaign: Campaign) -> CouponFacts:
    """Return a coupon row as facts for the planner."""
    return CouponFacts(
        coupon=row["root"],
        code=row["code"],
        campaign=campaign,
        state=row["state"],
        expires=moment(row["expires_us"]) if row["expires_us"] else None,
        redeemed_at=moment(row["redeemed_us"]) if row["redeemed_us"] else None,
        redeemed_store=row["redeemed_store"] or "",
        request=row["redeemed_request"] or "",
        others_redeemed=row["others_redeemed"],
        device=row["device"] or "",
        device_given=row["device_given"] or 0,
    )


async def redeem(
    tx: Tx,
    *,
    coupon: int,
    code: str,
    store: str,
    cashier: str,
    request: str,
    inbox: int,
    at_us: int,
) -> None:
    """Take a coupon in, once for ever. Raises Contended when it was redeemed meanwhile."""
    taken = await tx.run(
        "INSERT INTO redemption(coupon_id, code, store, cashier, request, inbox_id, at_us)"
        " VALUES(?,?,?,?,?,?,?) ON CONFLICT(coupon_id, undone) DO NOTHING",
        coupon, code, store, cashier, request, inbox, at_us,
    )  # fmt: skip
    if taken != 1:
        raise Contended(f"coupon {code} was redeemed meanwhile")
