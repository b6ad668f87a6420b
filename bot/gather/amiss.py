"""Finds the labels of contacts and followers that do not follow our tags."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.clock import micros_of
from bot.db.tx import Row, Tx
from bot.events import Listed
from bot.listed import Amiss

_UNDER_WAY = timedelta(minutes=2)
_RESTS = timedelta(days=1)  # nobody fights an employee, or a refusal, more often than that


async def amiss_of(
    tx: Tx, account: str, staff: str, shown: Sequence[Listed], now_us: int
) -> dict[str, Amiss]:
    """Return by contact the labels that are missing at the platform, or should not be there.

    Only labels whose ids we know count, and only tags whose last line is older than two minutes.
    One we never took back stays: an employee may have put it there. A contact whose labels are
    being written, or were written or refused within a day, is left alone.
    """
    names = {
        row["platform_id"]: row["name"]
        for row in await tx.all("SELECT name, platform_id FROM label WHERE account = ?", account)
    }
    worn = {one.member: {names[label] for label in one.labels if label in names} for one in shown}
    if not names or not worn:
        return {}
    tags = await _tags(tx, account, staff, tuple(worn), now_us)
    busy = await _busy(tx, account, tuple(worn), now_us)
    made = {who: _amiss(worn[who], tags[who], {*names.values()}) for who in tags}
    return {who: one for who, one in made.items() if who not in busy and (one.add or one.remove)}


def _amiss(worn: set[str], tags: Mapping[str, bool], ours: set[str]) -> Amiss:
    return Amiss(
        add=tuple(sorted(n for n, on in tags.items() if on and n in ours and n not in worn)),
        remove=tuple(sorted(n for n, on in tags.items() if not on and n in worn)),
    )


async def _tags(
    tx: Tx, account: str, staff: str, members: Sequence[str], now_us: int
) -> dict[str, dict[str, bool]]:
    """Return by contact each tag with whether it is on."""
    marks = ",".join("?" * len(members))
    rows: Sequence[Row] = await tx.all(
        "SELECT r.address, t.name, t.op, t.at_us, t.expires_us FROM tag t"  # noqa: S608  (marks)
        " JOIN reach r ON r.person_id = t.person_id"
        f" WHERE r.account = ? AND r.staff = ? AND r.is_on = 1 AND r.address IN ({marks})"
        " AND t.id IN (SELECT max(id) FROM tag WHERE person_id = r.person_id GROUP BY name)",
        account, staff, *members,
    )  # fmt: skip
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in rows:
        if row["at_us"] <= now_us - micros_of(_UNDER_WAY):
            lives = row["expires_us"] is None or row["expires_us"] > now_us
            found[row["address"]][row["name"]] = row["op"] == "add" and lives
    return found


async def _busy(tx: Tx, account: str, members: Sequence[str], now_us: int) -> set[str]:
    orders = {f"contact:{account}:{member}": member for member in members}
    marks = ",".join("?" * len(orders))
    rows = await tx.all(
        f"SELECT order_key FROM effect WHERE order_key IN ({marks}) AND kind = 'label'"  # noqa: S608
        " AND (state IN ('ready', 'sending', 'unknown') OR done_us > ?)",
        *orders, now_us - micros_of(_RESTS),
    )  # fmt: skip
    return {orders[row["order_key"]] for row in rows}


async def labelled(tx: Tx, account: str, addresses: Sequence[str]) -> tuple[str, ...]:
    """Return which of these followers have, or had, a tag whose label the platform knows."""
    if not addresses:
        return ()
    rows = await tx.all(
        "SELECT DISTINCT r.address FROM label l JOIN tag t ON t.name = l.name"
        " JOIN reach r ON r.person_id = t.person_id"
        " WHERE l.account = ? AND r.account = l.account AND r.staff = '' AND r.is_on = 1",
        account,
    )
    wanted = {row["address"] for row in rows}
    return tuple(one for one in addresses if one in wanted)
