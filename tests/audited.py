"""A small book and a real database, written side by side, for the auditor to compare."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.actions import Receipt, Remote, Reply, Send, State
from bot.db import claims, inbox, ledger, orphans
from bot.db.claims import Claim
from bot.db.inbox import Arrival
from bot.db.location import Location
from bot.db.tx import Database, Row, Value
from commands.audit.auditor import Audit, audit
from commands.audit.script import Kill, Promise, Script
from tests.rooms import INSTANCE_KEY, database, location_in

NOW = 1_772_413_200.0
OPENID = "oADA"
DONE = Receipt(state=State.DONE, code=0, phase="answered")


def us(at: float) -> int:
    """Return seconds after NOW as the bot writes them."""
    return int((NOW + at) * 1_000_000)


def typed(text: str, msg_id: int, openid: str = OPENID) -> str:
    """Return the inner XML of a text message."""
    return (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>1772413200</CreateTime><MsgType>text</MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{msg_id}</MsgId></xml>"
    )


def send(text: str, openid: str = OPENID) -> Send:
    """Return a customer-service message that can be owed."""
    return Send(account="oa", openid=openid, text=text)


def reply(text: str, openid: str = OPENID) -> Reply:
    """Return an answer that can be owed."""
    return Reply(account="oa", openid=openid, text=text)


@dataclass(slots=True)
class Scene:
    """What the twin booked and the bot recorded so far; both sides are written by the test."""

    db: Database
    place: Location
    entries: list[dict[str, Any]] = field(default_factory=list)
    phones: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)

    # --- the twin's side ---

    def book(self, kind: str, at: float = 0, **rest: object) -> int:
        """Write an entry and return its number."""
        number = len(self.entries) + 1
        self.entries.append({"n": number, "kind": kind, "at": NOW + at, **rest})
        return number

    def happens(self, inner: str, who: str = "甲", event: str = "text") -> str:
        """Let something happen and return its id."""
        number = 1 + sum(one["kind"] == "happening" for one in self.entries)
        name = f"H{number:06d}"
        self.book("happening", id=name, who=who, account="oa", event=event, inner=inner)
        return name

    def delivers(
        self, happening: str, *, at: float = 0, trouble: str = "", answer: str = "success"
    ) -> None:
        """Deliver a happening once; with a trouble nothing came back."""
        self.book(
            "callback", at, happening=happening, attempt=1, delivered=not trouble,
            trouble=trouble, answer="" if trouble else answer,
        )  # fmt: skip

    def shows(self, text: str, who: str = "甲", **rest: object) -> None:
        """Show a message on a phone."""
        told = {"attachments": [], "via": "passive", "call": None, **rest}
        seen: dict[str, Any] = {"text": text, **told}
        kind = "fault_shown" if seen["via"] == "fault" else "shown"
        self.book(kind, who=who, **seen)
        self.phones.setdefault(who, []).append({"at": NOW, **seen})

    def called(self, api: str, *, at: float = 0, who: str = "甲", **rest: Any) -> int:
        """Let an API be called, with an effect unless told otherwise."""
        told = {
            "effect": {}, "errcode": 0, "answered": True, "fault": "", "overlap": False, **rest,
        }  # fmt: skip
        return self.book("call", at, api=api, who=who, **{"args": {}, **told})

    def sent(self, text: str, *, at: float = 0, openid: str = OPENID) -> None:
        """Let a customer-service message be called for and shown."""
        args = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        number = self.called("/cgi-bin/message/custom/send", at=at, args=args)
        self.shows(text, via="custom", call=number)

    # --- the bot's side ---

    async def accept(self, inner: str, *, dedupe: str = "", decided: bool = True) -> int:
        """Record a callback, and close it as decided."""
        arrival = Arrival(
            account="oa", source="callback", dedupe=dedupe or inner[-60:], kind="msg.text",
            body=inner.encode(), received_us=us(0),
        )  # fmt: skip
        row = (await self.db.write(lambda tx: inbox.accept(tx, arrival))).id
        if decided:
            await self.db.write(lambda tx: inbox.close(tx, row, person=None, answer=None, at=us(0)))
        return row

    async def owe(self, action: Remote, row: int, *, inside: bool = False) -> None:
        """Owe an effect because of an inbox row."""
        owing = ledger.Owing(inbox=row, event_id=f"E{row}", person=None, now_us=us(0))
        await self.db.write(lambda tx: ledger.owe(tx, action, owing, inside=inside))

    async def claim(self, at: float = 0) -> list[Row]:
        """Let the bot take everything that is due; the intent is on disk."""
        return list(await self.db.write(lambda tx: claims.claim(tx, us(at), Claim(limit=100))))

    async def perform(self, receipt: Receipt = DONE, at: float = 0) -> None:
        """Claim everything and settle it as told."""
        for row in await self.claim(at):
            await self._settle(row, receipt, at)

    async def _settle(self, row: Row, receipt: Receipt, at: float) -> None:
        await self.db.write(lambda tx: ledger.settle(tx, row, receipt, us(at)))

    async def restart(self, at: float) -> None:
        """Let the bot recover from a kill."""
        await self.db.write(lambda tx: orphans.recover(tx, us(at)))

    async def run(self, sql: str, *args: Value) -> None:
        """Change the bot's tables behind its back."""
        await self.db.write(lambda tx: tx.run(sql, *args))

    async def unguard(self, table: str) -> None:
        """Take a table's unique indexes away; its rows stay."""
        await self.run(f"ALTER TABLE {table} RENAME TO {table}_kept")
        await self.run(f"CREATE TABLE {table} AS SELECT * FROM {table}_kept")  # noqa: S608  # ours

    # --- both, and the verdict ---

    async def says(
        self, text: str, msg_id: int = 1, who: str = "甲", openid: str = OPENID
    ) -> tuple[str, int]:
        """Let a customer type something that is delivered and recorded, as it should be."""
        inner = typed(text, msg_id, openid)
        happening = self.happens(inner, who)
        self.delivers(happening)
        return happening, await self.accept(inner)

    def promise(self, kind: str, value: str, who: str = "甲", **rest: Any) -> None:
        """Promise something to somebody."""
        self.promises.append(Promise(step=1, who=who, kind=kind, value=value, **rest))

    async def judged(self) -> Audit:
        """Return the auditor's verdict."""
        script = Script(promises=tuple(self.promises), kills=tuple(self.kills))
        return await asyncio.to_thread(
            audit,
            book=self.entries,
            phones=self.phones,
            contacts=self.contacts,
            script=script,
            database=self.place,
            instance_key=INSTANCE_KEY,
        )


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """An empty book beside an empty database."""
    async with database(folder) as db:
        yield Scene(db, location_in(folder))
