"""Puts what the content promises on the shelves: coupon codes, and the way into each group."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bot.actions import Remote
from bot.clock import moment
from bot.codec import event_to_json
from bot.db import inbox, seats, shelves
from bot.db.tx import Database, Tx
from bot.events import GroupChanged, GroupCreated
from bot.facts import Campaign, Facts, Pool, Situation
from bot.shop import Shop
from commands.parts.problems import stop
from config.codes import read_home_codes
from config.nouns import Content
from handlers.group_welcomes import missing

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
    """Tell ourselves of each pool group that is to be made ready; return how many these are.

    Those we never heard of are read, and given a way in. Of those we know, the ones whose welcome
    is to say something else are read again, at most once a day for the same wish.
    """
    met = 0
    for pool in shop.content().pools.values():
        for group in pool.groups:
            met += await db.write(partial(_meet, shop=shop, pool=pool, chat=group.chat))
    return met


async def _meet(tx: Tx, shop: Shop, pool: Pool, chat: str) -> int:
    # A group may have been created, and so be known, before it was written into a pool.
    known = await tx.one("SELECT 1 FROM chat_group WHERE chat = ? AND config_id <> ''", chat)
    if not known:
        return await _tell(tx, shop, GroupCreated(account=pool.account, chat=chat), f"meet\0{chat}")
    if not pool.group_welcome:
        return 0
    facts = Facts(
        now=moment(shop.clock()),
        content=shop.content(),
        pools={pool.id: await seats.pool_facts(tx, pool, None, shop.clock())},
        chat=chat,
        pool_of_chat=pool.id,
    )
    event = GroupChanged(account=pool.account, chat=chat, detail="welcome")
    for wanted in missing(Situation(event=event, facts=facts)):
        if isinstance(wanted, Remote):
            name = f"welcome\0{facts.now:%Y-%m-%d}\0{wanted.key()}"
            return await _tell(tx, shop, event, name)
    return 0


async def _tell(tx: Tx, shop: Shop, event: GroupCreated | GroupChanged, name: str) -> int:
    arrival = inbox.Arrival(
        account=event.account,
        source="internal",
        dedupe=inbox.dedupe_key(shop.instance_key, name.encode()),
        kind=type(event).__name__,
        body=event_to_json(event),
        received_us=shop.clock(),
    )
    accepted = await inbox.accept(tx, arrival)
    return 0 if accepted.duplicate else 1
