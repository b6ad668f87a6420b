"""Links what a customer brings along: a token from another door, a group's passphrase."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from bot.clock import micros_of
from bot.db import proofs
from bot.db.merging import Cause, apart, hold_members
from bot.db.people import Linked, People
from bot.db.tx import Row, Tx
from bot.errors import Contended
from bot.events import (
    Alias,
    ContactAdded,
    Event,
    Followed,
    KfEntered,
    KfSaid,
    Scanned,
    TextSaid,
)
from bot.facts import Content, Group, Passphrase, Pool
from bot.shop import Shop
from keyword_rules.words import bare

TOKEN_PREFIX = "t_"  # noqa: S105  (where a scene or state may also be an entry code)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An event on its way to the member it is about."""

    shop: Shop
    people: People
    row: Row
    event: Event
    now_us: int

    def cause(self, how: str) -> Cause:
        """Return why two members are one, if this event shows it."""
        return Cause(how=how, inbox=self.row["id"], at_us=self.now_us)


# --- tokens ---


def token_of(event: Event) -> str:
    """Return the token by which a door was opened, or ""."""
    match event:
        case KfEntered(scene_param=param):
            brought = unquote(param).strip().removeprefix(TOKEN_PREFIX)
        case ContactAdded(state=key) | Followed(scene=key) | Scanned(scene=key):
            brought = key.removeprefix(TOKEN_PREFIX) if key.startswith(TOKEN_PREFIX) else ""
        case _:
            return ""
    return brought if _TOKEN.fullmatch(brought) else ""


async def by_token(tx: Tx, arrived: Arrived, person: str, token: str) -> Linked:
    """Return the opener, made one with the token's maker when it is good.

    A token that was used, has expired, or is unknown links nothing; nor does one brought by its
    own maker, or by somebody who is known at the maker's account by another name.
    """
    digest = proofs.token_digest(arrived.shop.instance_key, token)
    maker = await proofs.maker_of(tx, digest, arrived.now_us)
    if maker is None or maker == person:
        return Linked(person=person)
    await hold_members(tx, person, maker)
    if await proofs.rivals(tx, maker, person):
        return Linked(person=person)
    linked = await arrived.people.unite(tx, person, maker, arrived.cause("token"))
    if linked.learnt:
        await proofs.use_token(tx, digest, arrived.now_us)
    return linked


# --- passphrases ---


def group_called(content: Content, event: Event) -> tuple[Pool, Group] | None:
    """Return the group whose passphrase the customer's whole text is, with its pool."""
    if not isinstance(event, TextSaid | KfSaid):
        return None
    guarded = [*_guarded(content)]
    said = bare(event.text) if guarded else ""
    return next((one for one in guarded if said and _known(one[1].passphrase) == said), None)


@cache  # as many as the content has, and asked for at every message
def _known(passphrase: str) -> str:
    return bare(passphrase)


def _guarded(content: Content) -> Iterator[tuple[Pool, Group]]:
    for pool in content.pools.values():
        for group in pool.groups:
            if group.passphrase:
                yield pool, group


async def by_passphrase(
    tx: Tx, arrived: Arrived, person: str, called: tuple[Pool, Group]
) -> tuple[Linked, Passphrase]:
    """Return the member, and what came of their passphrase.

    They become one with the only newcomer of the group who has no name at this account; among
    several nobody is chosen. Raises Contended when the newcomer found another half meanwhile.
    """
    pool, group = called
    name = arrived.event.who
    if name is None:
        raise ValueError("a passphrase without a name to link")
    outcome, candidates = await _candidates(tx, arrived, person, called, name)
    linked = Linked(person=person)
    if len(candidates) == 1:
        await hold_members(tx, person, *candidates)
        if await _candidates(tx, arrived, person, called, name) != (outcome, candidates):
            raise Contended("a newcomer was linked while their turn was awaited")
        cause = arrived.cause("passphrase")
        linked = await arrived.people.unite(tx, person, candidates[0], cause)
        outcome = "linked" if linked.learnt else "nobody"
    return linked, Passphrase(outcome=outcome, pool=pool.id, chat=group.chat)


async def _candidates(
    tx: Tx, arrived: Arrived, person: str, called: tuple[Pool, Group], name: Alias
) -> tuple[str, list[str]]:
    """Return what comes of a passphrase unless one candidate is found, and the candidates."""
    pool, group = called
    if await proofs.sits_in(tx, group.chat, person):
        return "seated" if isinstance(arrived.event, KfSaid) else "already", []
    since_us = arrived.now_us - micros_of(arrived.shop.linking.passphrase_window)
    shown = await proofs.invited_to(tx, pool.id, person, since_us)
    if shown and shown[0] != group.chat:
        return "wrong_group", []
    since_us = shown[1] if shown else since_us
    found = [
        other
        for other in await proofs.newcomers_without(tx, group.chat, name, since_us)
        if not await proofs.rivals(tx, other, person) and not await apart(tx, person, other)
    ]
    return "ambiguous" if found else "nobody", found
