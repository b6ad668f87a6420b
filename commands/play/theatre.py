"""What every scene uses: let a person act, see what they see, promise what must hold."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.db.location import Location, SqliteFile
from commands.audit.script import Kill, Promise
from commands.play import peek
from commands.play.stage import Bot, Twin
from commands.play.transcript import Line, Transcript

_SETTLE_WITHIN_S = 20.0
_LOOK_S = 0.05
_STUCK_S = 1.0
_LINK = re.compile(r"https?://[^\s\"]+/j/[0-9A-Za-z_-]+")
_CODE = re.compile(r"(?<![0-9A-Z])(?:PET)?[2-9A-HJ-NP-Z]{8}(?![0-9A-Z])")
_CHANNELS = {"wecom-main": "企业微信", "oa-main": "公众号", "aibot-main": "智能机器人"}
_COLLEAGUES = {"xiaowang": "小王"}
_RANK = ("", "automatic", "customer_tap", "employee")


@dataclass(slots=True)
class Theatre:
    """The running play: its processes, its transcript, and the script as far as it was played."""

    twin: Twin
    bot: Bot
    home: Path
    session: aiohttp.ClientSession
    transcript: Transcript
    seed: int
    kills_wanted: int
    unionids: bool = True  # whether the platforms of this world know who is who
    promises: list[Promise] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    stuck: bool = False  # it never settled once: waiting long again would only cost time
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def database(self) -> Location:
        """Where the bot's database is."""
        return SqliteFile(path=self.home / "xiaoer.db")

    # --- acting ---

    async def act(
        self, step: int, who: str, did: str, act: str, patient: bool = False, **more: Any
    ) -> Mapping[str, Any]:
        """Let a person act, tell it with what they saw and why, and return what the twin says.

        `patient`: what they will see comes later, as a message of its own.
        """
        began = time.monotonic()
        done = await self.twin.do(act, who, **more)
        ms = int((time.monotonic() - began) * 1000)
        if "error" in done:
            self.transcript.tell(
                Line(step=step, who=who, channel="手机", did=did, saw=done["error"])
            )
            return {**done, "text": "", "happening": ""}
        text = await (self.await_news(who) if patient else self.news(who))
        if patient:
            ms = int((time.monotonic() - began) * 1000)
        await self.tell(step, who, did, done, text, ms)
        return {**done, "text": text}

    async def tell(
        self, step: int, who: str, did: str, done: Mapping[str, Any], text: str, ms: int
    ) -> None:
        """Tell a line about a happening: what the bot's trace says of it beside what was seen."""
        happened = await self.happening(str(done.get("happening") or ""))
        trace = peek.trace_of(self.database, str(happened.get("inner", ""))) if happened else {}
        channel = _CHANNELS.get(str(happened.get("account", "")), "手机")
        self.transcript.tell(_line(step, who, channel, did, text, trace, ms))

    async def tell_join(self, step: int, who: str, text: str) -> None:
        """Tell that a join was seen, with the trace of the event the bot told itself."""
        trace = await self._own_trace(who, "MemberJoined")
        self.transcript.tell(_line(step, who, "公众号", "进群被看到", text, trace))

    async def serve(self, step: int, who: str, did: str, act: str, **more: Any) -> str:
        """Let a customer do something in customer service; tell it and return what they saw."""
        began = time.monotonic()
        done = await self.twin.do(act, who, **more)
        await self.settled()
        text = done.get("error") or await self.news(who)
        ms = int((time.monotonic() - began) * 1000)
        trace = await self._own_trace(who, "KfEntered" if act == "enter_kf" else "KfSaid")
        self.transcript.tell(_line(step, who, "微信客服", did, text, trace, ms))
        return str(text)

    async def _own_trace(self, who: str, kind: str) -> Mapping[str, Any]:
        contact = await self.twin.get(f"contact/{who}")
        return peek.own_trace(self.database, kind, str(contact["external_userid"]))

    async def happening(self, wanted: str) -> Mapping[str, Any]:
        """Return the book's entry of a happening, empty when there is none."""
        if not wanted:
            return {}
        for entry in await self.twin.get("book"):
            if entry["kind"] == "happening" and entry["id"] == wanted:
                return dict(entry)
        return {}

    # --- seeing ---

    async def news(self, who: str) -> str:
        """Return what appeared on a person's phone since we last looked, as text."""
        phone = await self.twin.get(f"phone/{who}")
        fresh = phone[self.seen.get(who, 0) :]
        self.seen[who] = len(phone)
        return "\n".join(m["text"] for m in fresh)

    async def await_news(self, who: str, within_s: float = 10.0) -> str:
        """Wait until something new is on a person's phone and return it; "" when nothing comes."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if text := await self.news(who):
                return text
            await asyncio.sleep(_LOOK_S)
        return ""

    async def settled(self, within_s: float = _SETTLE_WITHIN_S) -> bool:
        """Wait until no callback is on its way and the bot owes nothing; False when it does."""
        limit_s = min(within_s, _STUCK_S) if self.stuck else within_s
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            await self.twin.post("idle", wait_s=limit_s)
            if peek.unfinished(self.database) == 0:
                return True
            await asyncio.sleep(_LOOK_S)
        self.stuck = True
        return False

    # --- promising ---

    def promise(self, step: int, who: str, kind: str, value: str, **more: Any) -> None:
        """Write into the script what must hold in the end."""
        self.promises.append(Promise(step=step, who=who, kind=kind, value=value, **more))

    def expect(self, step: int, held: bool, what: str) -> None:
        """Hold something against the story that no phone shows; a broken one fails the play."""
        if not held:
            self.broken.append(f"第 {step} 幕：{what}")

    def tell_own(
        self, step: int, who: str, channel: str, did: str, saw: str, trace: Mapping[str, Any]
    ) -> None:
        """Tell a line about an event of the bot's own, by its trace."""
        self.transcript.tell(_line(step, who, channel, did, saw, trace))

    def say(self, step: int, who: str, did: str, saw: str, **more: Any) -> None:
        """Tell a line that is not a customer's callback."""
        channel = more.pop("channel", "后台")
        self.transcript.tell(Line(step=step, who=who, did=did, saw=saw, channel=channel, **more))


def _line(
    step: int, who: str, channel: str, did: str, saw: str, trace: Mapping[str, Any], ms: int = 0
) -> Line:
    said = [s["truth"] for s in trace.get("said", [])]
    actions = trace.get("actions", [])
    return Line(
        step=step,
        who=_COLLEAGUES.get(who, who),
        channel=channel,
        did=did,
        saw=saw,
        truth=max(said, key=_RANK.index, default=""),
        rule="、".join(h["rule"] for h in trace.get("hits", [])),
        actions=tuple(a["kind"] for a in actions),
        tags=tuple(a["name"] for a in actions if a["kind"] == "tag"),
        ms=ms,
    )


def link_in(text: str) -> str:
    """Return the first way into a group in a text, or ""."""
    found = _LINK.search(text)
    return found.group(0) if found else ""


def code_in(text: str) -> str:
    """Return the first coupon code in a text, or ""."""
    found = _CODE.search(_LINK.sub("", text))
    return found.group(0) if found else ""
