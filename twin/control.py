"""The control listener: people act, the clock jumps, faults are planted, the book is read."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from twin import acts_contact, acts_group, acts_menu, acts_oa, acts_wire, kf_acts, kf_staff_acts
from twin.acts import NotPossible, Outcome
from twin.aibot_acts import AIBOT_ACTS
from twin.app_acts import APP_ACTS
from twin.group_acts import GROUP_ACTS
from twin.kf_bell import end_silent
from twin.people import Person, Seen
from twin.sender import Sender
from twin.shape import BadShape, Json, flag, number, read, text, whole
from twin.stage import Stage
from twin.wiring import wire, wire_archive, wiring

Act = Callable[[Sender, Json], Outcome]
WireAct = Callable[[Sender, Json], Awaitable[Outcome]]

ACTS: Mapping[str, Act] = {
    "scan_oa": acts_oa.scan,
    "follow": acts_oa.follow,
    "type": acts_oa.type_text,
    "menu": acts_menu.tap,
    "unfollow": acts_oa.unfollow,
    "add_contact": acts_contact.add,
    "confirm_contact": acts_contact.confirm,
    "edit_contact": acts_contact.edit,
    "delete_staff": acts_contact.customer_deletes,
    "staff_deletes": acts_contact.staff_deletes,
    "join_group": acts_group.join,
    "join_many": acts_group.join_many,
    "leave_group": acts_group.leave,
    "create_group": acts_group.create,
    "dismiss_group": acts_group.dismiss,
    "enter_kf": kf_acts.enter,
    "kf_type": kf_acts.type_text,
    "kf_send": kf_acts.send,
    "kf_tap": kf_acts.tap,
    "kf_recall": kf_acts.recall,
    "tap_card": kf_acts.tap_card,
    "kf_take": kf_staff_acts.take,
    "kf_say": kf_staff_acts.say,
    "kf_transfer": kf_staff_acts.transfer,
    "kf_end": kf_staff_acts.end,
    **GROUP_ACTS,
    **APP_ACTS,
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
            web.get("/twin/book", self.book),
            web.get("/twin/book/summary", self.summary),
            web.get("/twin/clock", self.clock),
            web.post("/twin/clock", self.jump),
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
        return _json(_known(self._stage, person))

    async def book(self, request: web.Request) -> web.Response:
        """Return the book's entries after number `since`."""
        return _json(self._stage.book.since(whole(dict(request.query), "since", 0)))

    async def summary(self, request: web.Request) -> web.Response:
        """Return the book's counts."""
        return _json(self._stage.book.summary())

    async def clock(self, request: web.Request) -> web.Response:
        """Return the platforms' time."""
        return _json({"now": self._stage.now(), "offset_s": self._stage.clock.offset_s})

    async def jump(self, request: web.Request) -> web.Response:
        """Move the clock by `jump_s`."""
        seconds = number(await _body(request), "jump_s")
        self._stage.clock.jump(seconds)
        self._stage.book.write("clock", self._stage.now(), jump_s=seconds)
        end_silent(self._stage)
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


def _known(stage: Stage, person: Person) -> Json:
    contacts = stage.contacts.of(person.external_userid)
    worn = {one.userid: _label_names(stage, one.labels) for one in contacts}
    return {
        "name": person.name,
        "unionid": person.unionid,
        "external_userid": person.external_userid,
        "openids": dict(person.openids),
        "follows": sorted(person.follows),
        "staff": [one.userid for one in contacts],
        "remark": next((one.remark for one in contacts if one.remark), ""),
        "labels": sorted({name for names in worn.values() for name in names}),
        "by_staff": [
            {"userid": one.userid, "remark": one.remark, "labels": worn[one.userid]}
            for one in contacts
        ],
        "fan_tags": sorted(
            stage.fan_tags[appid].names[tag]
            for appid, following in person.follows.items()
            for tag in following.tags
        ),
        "groups": [one.chat_id for one in stage.groups.holding(person.external_userid)],
    }


def _label_names(stage: Stage, ids: set[str]) -> list[str]:
    found = [stage.labels.find(one) for one in ids]
    return sorted(one[1].name for one in found if one)
