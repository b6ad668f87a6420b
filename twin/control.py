"""The control listener: people act, the clock jumps, faults are planted, the book is read."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from twin import acts_wire
from twin.acts import NotPossible, Outcome
from twin.aibot.acts import AIBOT_ACTS
from twin.clock import turn
from twin.contact import acts as contact_acts
from twin.contact.link_acts import ACQUISITION_ACTS
from twin.contact.mass_acts import MASS_ACTS
from twin.corp.acts import APP_ACTS
from twin.group import acts as group_acts
from twin.group.talk_acts import GROUP_ACTS
from twin.kf import acts as kf_acts
from twin.kf import staff_acts as kf_desk_acts
from twin.known import known_of
from twin.oa import acts as oa_acts
from twin.oa import menu_acts
from twin.oa.notice_acts import NOTICE_ACTS
from twin.oa.talk_acts import TALK_ACTS
from twin.passing import come_due
from twin.people import Seen
from twin.sender import Sender
from twin.shape import BadShape, Json, flag, number, read, text, whole
from twin.wiring import wire, wire_archive, wire_traces, wiring

Act = Callable[[Sender, Json], Outcome]
WireAct = Callable[[Sender, Json], Awaitable[Outcome]]

ACTS: Mapping[str, Act] = {
    "scan_oa": oa_acts.scan,
    "follow": oa_acts.follow,
    "type": oa_acts.type_text,
    "menu": menu_acts.tap,
    "unfollow": oa_acts.unfollow,
    "add_contact": contact_acts.add,
    "confirm_contact": contact_acts.confirm,
    "edit_contact": contact_acts.edit,
    "delete_staff": contact_acts.customer_deletes,
    "staff_deletes": contact_acts.staff_deletes,
    "join_group": group_acts.join,
    "join_many": group_acts.join_many,
    "leave_group": group_acts.leave,
    "create_group": group_acts.create,
    "dismiss_group": group_acts.dismiss,
    "enter_kf": kf_acts.enter,
    "kf_type": kf_acts.type_text,
    "kf_send": kf_acts.send,
    "kf_tap": kf_acts.tap,
    "kf_recall": kf_acts.recall,
    "tap_card": kf_acts.tap_card,
    "kf_take": kf_desk_acts.take,
    "kf_say": kf_desk_acts.say,
    "kf_transfer": kf_desk_acts.transfer,
    "kf_end": kf_desk_acts.end,
    **TALK_ACTS,
    **NOTICE_ACTS,
    **GROUP_ACTS,
    **APP_ACTS,
    **MASS_ACTS,
    **ACQUISITION_ACTS,
    **AIBOT_ACTS,
}
WIRE_ACTS: Mapping[str, WireAct] = {
    "open_link": acts_wire.open_link,
    "replay_last": acts_wire.replay_last,
    "tamper": acts_wire.tamper,
    "raw": acts_wire.raw,
}
_IDLE_S = 30.0


class Control:
    """The handlers of the control listener; each takes and gives JSON."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._stage = sender.stage

    def routes(self) -> list[web.RouteDef]:
        """Return the table of everything under /twin."""
        return [
            web.post("/twin/do", self.do),
            web.get("/twin/phone/{who}", self.phone),
            web.get("/twin/contact/{who}", self.contact),
            web.get("/twin/clock", self.clock),
            web.post("/twin/clock", self.turn_clock),
            web.post("/twin/settings", self.settings),
            web.post("/twin/redeliver", self.redeliver),
            web.post("/twin/idle", self.idle),
            web.get("/twin/faults", self.faults),
            web.post("/twin/faults", self.plant),
            web.delete("/twin/faults", self.clear_faults),
            web.post("/twin/revoke", self.revoke),
            web.get("/twin/wiring", self.wiring),
            web.post("/twin/wire", self.wire),
        ]

    async def do(self, request: web.Request) -> web.Response:
        """Perform one act; with `wait_s` wait until its callbacks are answered or given up."""
        args = await _body(request)
        wait_s = number(args, "wait_s", 0.0)
        before = len(self._phone(args))
        outcome = await self._perform(args)
        await _settled(outcome, wait_s)
        last = outcome.happenings[-1] if outcome.happenings else None
        told: Json = {
            "happening": last.id if last else None,
            "happenings": [one.id for one in outcome.happenings],
            "delivered": all(one.delivered for one in outcome.happenings),
            "answer": last.answer if last else "",
            "saw": [one.told() for one in self._phone(args)[before:]],
        }
        return _json({**told, **outcome.facts})

    async def phone(self, request: web.Request) -> web.Response:
        """Return what is on the phone of a customer or employee."""
        found = self._stage.phone(request.match_info["who"])
        if found is None:
            raise NotPossible(f"没有 {request.match_info['who']}")
        return _json([one.told() for one in found])

    async def contact(self, request: web.Request) -> web.Response:
        """Return what the platforms know of a customer: ids, remark, labels, tags, groups."""
        person = self._stage.crowd.person(request.match_info["who"])
        if person is None:
            raise NotPossible(f"没有 {request.match_info['who']}")
        return _json(known_of(self._stage, person))

    async def clock(self, request: web.Request) -> web.Response:
        """Return the platforms' time, and how it passes."""
        return _json(self._stage.clock.told())

    async def turn_clock(self, request: web.Request) -> web.Response:
        """Move the clock by `jump_s`, `stop` it, let it `run`, at a `speed`."""
        turned = turn(self._stage.clock, await _body(request))
        self._stage.book.write("clock", self._stage.now(), **turned)
        come_due(self._stage)
        return await self.clock(request)

    async def settings(self, request: web.Request) -> web.Response:
        """Turn knobs; an unknown one turns none."""
        args = await _body(request)
        self._stage.settings = self._stage.settings.changed(args)
        if "seed" in args:
            self._sender.reseed(self._stage.settings.seed)
        self._stage.book.write("settings", self._stage.now(), changed=args)
        return _json(args)

    async def redeliver(self, request: web.Request) -> web.Response:
        """Deliver a `share` of all happenings so far again, and wait for the answers."""
        args = await _body(request)
        sent, answered = await self._sender.redeliver(
            number(args, "share", 0.25), whole(args, "seed", 1), shuffle=flag(args, "shuffle")
        )
        return _json({"redelivered": sent, "answered": answered})

    async def idle(self, request: web.Request) -> web.Response:
        """Wait until no delivery is pending."""
        wait_s = number(await _body(request), "wait_s", _IDLE_S)
        return _json({"idle": await self._sender.idle(wait_s)})

    async def faults(self, request: web.Request) -> web.Response:
        """Return the planted faults."""
        return _json(self._stage.faults.told())

    async def plant(self, request: web.Request) -> web.Response:
        """Plant a fault on an endpoint."""
        self._stage.faults.plant(await _body(request))
        return await self.faults(request)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Take every fault away."""
        self._stage.faults.clear()
        return await self.faults(request)

    async def revoke(self, request: web.Request) -> web.Response:
        """Kill the living tokens of `account`, as another program's refresh would."""
        account = text(await _body(request), "account")
        return _json({"revoked": self._stage.tokens.revoke(account, self._stage.now())})

    async def wiring(self, request: web.Request) -> web.Response:
        """Return all keys and addresses a bot needs."""
        return _json(wiring(self._stage))

    async def wire(self, request: web.Request) -> web.Response:
        """Verify and bind callback URLs: {account id: url}; one verdict for each."""
        verdicts: Json = {}
        for wanted, url in (await _body(request)).items():
            if wanted == "trace":
                verdicts[wanted] = wire_traces(self._stage, url)
                continue
            world = self._stage.world
            account, feed = world.account(wanted), world.feed(wanted) if wanted else None
            if not (account or feed) or not isinstance(url, str):
                raise NotPossible(f"没有账号 {wanted}，或地址不是文本")
            if account:
                verdicts[wanted] = await wire(self._stage, account, url)
            elif feed:
                verdicts[wanted] = wire_archive(self._stage, feed, url)
        return _json(verdicts)

    def _phone(self, args: Json) -> list[Seen]:
        return self._stage.phone(text(args, "who", "")) or []

    async def _perform(self, args: Json) -> Outcome:
        name = text(args, "act")
        if name in ACTS:
            return ACTS[name](self._sender, args)
        if name in WIRE_ACTS:
            return await WIRE_ACTS[name](self._sender, args)
        raise NotPossible(f"不认识的动作 {name}，可用：{'、'.join((*ACTS, *WIRE_ACTS))}")


@web.middleware
async def plain_refusals(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer 409 for what a person cannot do and 400 for what we cannot read."""
    try:
        return await handler(request)
    except NotPossible as cause:
        return _json({"error": str(cause)}, 409)
    except BadShape as cause:
        return _json({"error": f"参数不对或缺少：{cause.key or '请求体'}"}, 400)


async def _settled(outcome: Outcome, wait_s: float) -> None:
    if wait_s <= 0 or not outcome.happenings:
        return
    try:
        async with asyncio.timeout(wait_s):
            for happening in outcome.happenings:
                await happening.settled.wait()
    except TimeoutError:
        return  # the caller reads `delivered`


async def _body(request: web.Request) -> Json:
    return read(await request.read())


def _json(told: object, status: int = 200) -> web.Response:
    plain = json.dumps(told, ensure_ascii=False)
    return web.Response(text=plain, status=status, content_type="application/json")
