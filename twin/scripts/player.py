"""Let one person take one step on a running twin, and remember what a later step looks at."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from twin.acts import NotPossible, Outcome
from twin.clock import turn
from twin.control import ACTS, WIRE_ACTS
from twin.passing import come_due
from twin.scripts.acting import TRANSLATED
from twin.scripts.links import cards, links_of, newest_link, way_in
from twin.scripts.script import Step
from twin.scripts.shop_calls import take_in, tell_order
from twin.scripts.spans import span_s
from twin.sender import Sender
from twin.shape import Json, text
from twin.stage import Stage

_KF = "https://work.weixin.qq.com/kf"


@dataclass(slots=True, kw_only=True)
class Player:
    """Plays steps by the stage and sender of a running twin.

    `since`: how many messages were on a phone when its owner last acted; `before`: on every phone
    when anybody did. `pages` are what was opened last, `answer` what the shop's own call got.
    """

    sender: Sender
    since: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    places: dict[str, object] = field(default_factory=dict)  # who typed to whom the last time
    answer: str = ""

    @property
    def stage(self) -> Stage:
        """Everything the twin knows."""
        return self.sender.stage

    async def take(self, step: Step) -> None:
        """Do what a step says and wait until its callbacks are answered, or its limit is over.

        Raises NotPossible and BadShape for what cannot be done.
        """
        self._mark(step.who)
        if step.verb in _OWN:
            await _OWN[step.verb](self, step)
        elif step.verb in TRANSLATED:
            await self._act(step, TRANSLATED[step.verb](self.stage, self._placed(step)))
        else:
            given = step.value if isinstance(step.value, dict) else {}
            await self._act(step, {"act": step.verb, **given})

    async def _act(self, step: Step, args: Json) -> Outcome:
        named: Json = {"who": step.who, **args} if step.who else args
        name = text(named, "act")
        if name == "enter_kf":
            self.places[step.who] = "kf"
        elif name == "scan_oa":
            self.places[step.who] = "oa"
        outcome = await self._done(name, named)
        await _answered(outcome, step.within_s)
        return outcome

    async def _done(self, name: str, args: Json) -> Outcome:
        if name in WIRE_ACTS:
            return await WIRE_ACTS[name](self.sender, args)
        return ACTS[name](self.sender, args)

    def _placed(self, step: Step) -> Step:
        """Return the step with whom it is typed to: as the last time, unless it says so."""
        if step.verb == "type" and "to" in step.options:
            self.places[step.who] = step.options["to"]
        elif step.verb == "type" and step.who in self.places:
            return replace(step, options={"to": self.places[step.who]})
        return step

    def _mark(self, who: str) -> None:
        stage = self.stage
        people = [*(one.name for one in stage.crowd.everyone()), *stage.staff_phones]
        self.before = {one: len(stage.phone(one) or ()) for one in people}
        if who:
            self.since[who] = len(stage.phone(who) or ())

    async def open(self, step: Step) -> None:
        """Open a link on the phone: kf in the client, an employee's, or a page by HTTP."""
        link = newest_link(self.stage, step.who, str(step.value))
        if link.startswith(_KF):
            await self._act(step, {"act": "enter_kf", "url": link})
            return
        outcome = await self._act(step, {"act": "open_link", "url": link})
        self.pages[step.who] = str(outcome.facts.get("page", ""))

    async def join(self, step: Step) -> None:
        """Join by name, or by the newest invitation on the phone: a card, a picture, a link."""
        if step.value != "invited":
            await self._act(step, TRANSLATED["join"](self.stage, step))
            return
        for seen in reversed(self.stage.phone(step.who) or []):
            if cards(seen):
                await self._act(step, {"act": "tap_card"})
                return
            for link in links_of(seen):
                picture = way_in(self.stage, [link]) or await self._behind(step, link)
                if picture:
                    await self._act(step, {"act": "join_group", "qr": picture})
                    return
        raise NotPossible(f"{step.who} 的手机上没有进群的邀请")

    async def _behind(self, step: Step, link: str) -> str:
        """Return the way into a group that the page behind a link shows."""
        try:
            outcome = await self._act(step, {"act": "open_link", "url": link})
        except NotPossible:
            return ""  # no page of this machine
        return way_in(self.stage, outcome.facts.get("pictures"))

    async def pay(self, step: Step) -> None:
        """Let the shop's own system tell an order."""
        told = step.value if isinstance(step.value, dict) else {}
        to = str(step.options.get("to", ""))
        self.answer = await tell_order(self.stage, step.who, told, to)

    async def redeem(self, step: Step) -> None:
        """Let a till take a coupon in."""
        at = str(step.options.get("at", ""))
        self.answer = await take_in(self.stage, step.who, str(step.value), at)

    async def wait(self, step: Step) -> None:
        """Let real time pass, or wait until no callback is on its way."""
        if step.value != "idle":
            await asyncio.sleep(span_s(step.value))
        elif not await self.sender.idle(step.within_s):
            raise NotPossible(f"{step.within_s:g} 秒后仍有回调在路上")

    async def clock(self, step: Step) -> None:
        """Turn the platforms' clock: a jump, stop or run."""
        word = step.value
        asked: Json = {str(word): True} if word in ("stop", "run") else {"jump_s": span_s(word)}
        turned = turn(self.stage.clock, asked)
        self.stage.book.write("clock", self.stage.now(), **turned)
        come_due(self.stage)

    async def fault(self, step: Step) -> None:
        """Plant a fault on an endpoint, or clear all."""
        if isinstance(step.value, dict):
            self.stage.faults.plant(step.value)
        else:
            self.stage.faults.clear()

    async def settings(self, step: Step) -> None:
        """Turn knobs of the twin."""
        asked = step.value if isinstance(step.value, dict) else {}
        self.stage.settings = self.stage.settings.changed(asked)
        self.stage.book.write("settings", self.stage.now(), changed=asked)


async def _answered(outcome: Outcome, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            for happening in outcome.happenings:
                await happening.settled.wait()
    except TimeoutError:
        return  # a later expectation sees what came of it


_OWN: Mapping[str, Callable[[Player, Step], Awaitable[None]]] = {
    "open": Player.open,
    "join": Player.join,
    "pay": Player.pay,
    "redeem": Player.redeem,
    "wait": Player.wait,
    "clock": Player.clock,
    "fault": Player.fault,
    "settings": Player.settings,
}
