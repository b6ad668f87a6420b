"""A filled home with its first two rooms open: callbacks go in sealed, and are decided for real."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.accept import Acceptor
from bot.actions import Receipt, Remote
from bot.clock import Clock
from bot.codec import action_from_json, event_to_json
from bot.db import claims, inbox, ledger
from bot.db.claims import Claim
from bot.db.inbox import Accepted, Arrival
from bot.db.location import Postgres
from bot.db.opening import opened
from bot.db.tx import Database, Row
from bot.decide import Decided, Decider
from bot.events import Event
from bot.shop import Shop
from commands.app import main
from commands.parts.compose import Home, fill, open_home, shop_of
from commands.parts.stock import stock_shelves
from tests.rooms import location_in
from tests.sealing import NONCE, encrypted, frame, padded, sign

OPENED_S = 1_772_413_200.0  # Monday 2026-03-02, 09:00 in Shanghai: the clock's first moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The rooms of one home. Move time with `clock.follow(seconds since OPENED_S)`."""

    home: Home
    db: Database
    shop: Shop
    clock: Clock
    acceptor: Acceptor
    decider: Decider

    async def accept(self, xml: str, account: str = "oa-main") -> Accepted:
        """Seal a message as the platform does, open it again, and record it."""
        keys = self.shop.accounts[account]
        query, body = self._post(xml, account)
        return await self.acceptor.record(self.acceptor.open(keys, query, body).arrival)

    async def hear(
        self, xml: str, account: str = "oa-main", *, inside: bool = True
    ) -> Decided | None:
        """Accept a message and decide it; None when it was decided before."""
        accepted = await self.accept(xml, account)
        return await self.decider.decide(accepted.id, inside=inside)

    async def tell(self, event: Event, name: str = "") -> Decided | None:
        """Decide an event of our own, as a query's answer or a till would bring it."""
        canonical = f"test\0{type(event).__name__}\0{name}\0{event}".encode()
        arrival = Arrival(
            account=event.account,
            source="internal",
            dedupe=inbox.dedupe_key(self.shop.instance_key, canonical),
            kind=type(event).__name__,
            body=event_to_json(event),
            received_us=self.clock(),
        )
        accepted = await self.db.write(lambda tx: inbox.accept(tx, arrival))
        return await self.decider.decide(accepted.id)

    async def settle_owed(self, outcome: Callable[[Remote], Receipt]) -> list[Row]:
        """Let every due effect end as `outcome` says, through the ledger; return their rows."""
        now_us = self.clock()
        rows = await self.db.write(lambda tx: claims.claim(tx, now_us, Claim(limit=1_000)))
        for row in rows:
            action = action_from_json(row["kind"], row["body"])
            assert isinstance(action, Remote)
            await self._settle(row, outcome(action))
        return list(rows)

    async def _settle(self, row: Row, receipt: Receipt) -> None:
        await self.db.write(lambda tx: ledger.settle(tx, row, receipt, self.clock()))

    def _post(self, xml: str, account: str) -> tuple[dict[str, str], bytes]:
        settings = next(a for a in self.home.settings.accounts if a.id == account)
        assert settings.aes_key is not None
        scope = self.shop.accounts[account].scope
        whole = padded(frame(xml.encode(), scope))
        encrypt = encrypted(whole, settings.aes_key.get_secret_value())
        stamp = str(self.clock() // 1_000_000)
        signature = sign(settings.token.get_secret_value(), stamp, NONCE, encrypt)
        query = {"msg_signature": signature, "timestamp": stamp, "nonce": NONCE}
        return query, f"<xml><Encrypt>{encrypt}</Encrypt></xml>".encode()


@asynccontextmanager
async def served_home(folder: Path, *, start_s: float = OPENED_S) -> AsyncIterator[Served]:
    """Fill `folder` with the samples, stock its shelves, and open the rooms on its database."""
    fill(folder)
    place = location_in(folder)
    if isinstance(place, Postgres):  # so that commands find the same database
        settings = folder / "settings.yaml"
        told = settings.read_text("utf-8")
        if "\ndatabase:" not in told:
            settings.write_text(f"{told}\ndatabase: '{place.dsn}'\n", "utf-8")
    home = open_home(folder)
    clock = Clock(lambda: start_s)
    shop = shop_of(home, clock)
    async with opened(place, shop.instance_key) as db:
        await stock_shelves(db, home.content, folder)
        yield Served(
            home=home,
            db=db,
            shop=shop,
            clock=clock,
            acceptor=Acceptor(db, shop),
            decider=Decider(db, shop),
        )


def oa_text(openid: str, text: str, msg_id: int, at_s: float = OPENED_S) -> str:
    """Return what the Official Account sends when a follower types something."""
    return _oa(openid, "text", f"<Content>{text}</Content><MsgId>{msg_id}</MsgId>", at_s)


def oa_event(openid: str, name: str, key: str = "", at_s: float = OPENED_S) -> str:
    """Return what the Official Account sends for subscribe, SCAN, CLICK or unsubscribe."""
    return _oa(openid, "event", f"<Event>{name}</Event><EventKey>{key}</EventKey>", at_s)


def contact_added(
    member: str, staff: str, *, state: str = "", code: str = "", at_s: float = OPENED_S
) -> str:
    """Return what WeCom sends when a customer has added a member of staff."""
    return (
        "<xml><ToUserName>wwfa1e00000000demo</ToUserName><FromUserName>sys</FromUserName>"
        f"<CreateTime>{at_s:.0f}</CreateTime><MsgType>event</MsgType>"
        "<Event>change_external_contact</Event><ChangeType>add_external_contact</ChangeType>"
        f"<UserID>{staff}</UserID><ExternalUserID>{member}</ExternalUserID>"
        f"<State>{state}</State><WelcomeCode>{code}</WelcomeCode></xml>"
    )


def _oa(openid: str, kind: str, rest: str, at_s: float) -> str:
    return (
        f"<xml><ToUserName>gh_fa1e0000demo</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>{at_s:.0f}</CreateTime><MsgType>{kind}</MsgType>{rest}</xml>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a command printed, and its exit status."""

    code: int
    out: str
    err: str


def command(capsys: pytest.CaptureFixture[str], *argv: object) -> Told:
    """Run one command as the command line does."""
    capsys.readouterr()
    code = main([str(word) for word in argv])
    said = capsys.readouterr()
    return Told(code=code, out=said.out, err=said.err)
