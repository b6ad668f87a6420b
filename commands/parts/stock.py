"""Puts what the content promises on the shelves: coupon codes, and the way into each group."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bot.codec import event_to_json
from bot.db import inbox, shelves
from bot.db.tx import Database, Tx
from bot.events import GroupCreated
from bot.facts import Campaign
from bot.shop import Shop
from commands.parts.problems import stop
from config.codes import read_home_codes
from config.nouns import Content

_PORTION = 2_000


async def stock_shelves(db: Database, content: Content, home: Path) -> int:
    """Fill the shelf of each campaign up to its stock; return how many codes were added.

    Repeating it adds only what is missing.
    """
    added = 0
    for campaign in content.campaigns.values():
        added += await _stock(db, campaign, home)
    return added


async def _stock(db: Database, campaign: Campaign, home: Path) -> int:
    if campaign.codes_file:
        codes, problems = read_home_codes(home, campaign.codes_file)
        if any(p.level == "error" for p in problems):
            stop("\n".join(map(str, problems)))
        return await _import(db, campaign, codes)
    added = 0
    while chunk := await db.write(lambda tx: shelves.stock_generated(tx, campaign)):
        added += chunk
    return added


async def _import(db: Database, campaign: Campaign, codes: Sequence[str]) -> int:
    # By portions, so that a large batch never keeps a callback waiting for the writer.
    added = 0
    for start in range(0, max(len(codes), 1), _PORTION):
        part = codes[start : start + _PORTION]
        added += await db.write(partial(shelves.stock_imported, campaign=campaign, codes=part))
    return added


async def meet_groups(db: Database, shop: Shop) -> int:
    """Tell ourselves of each pool group we never heard of, so that it is read and made ready."""
    met = 0
    for pool in shop.content().pools.values():
        for group in pool.groups:
            event = GroupCreated(account=pool.account, chat=group.chat)
            met += await db.write(partial(_meet, shop=shop, event=event))
    return met


async def _meet(tx: Tx, shop: Shop, event: GroupCreated) -> int:
    # A group may have been created, and so be known, before it was written into a pool.
    known = await tx.one("SELECT 1 FROM chat_group WHERE chat = ? AND config_id <> ''", event.chat)
    if known:
        return 0
    arrival = inbox.Arrival(
        account=event.account,
        source="internal",
        dedupe=inbox.dedupe_key(shop.instance_key, f"meet\0{event.chat}".encode()),
        kind="GroupCreated",
        body=event_to_json(event),
        received_us=shop.clock(),
    )
    accepted = await inbox.accept(tx, arrival)
    return 0 if accepted.duplicate else 1
