"""A small world whose platforms can be asked who is there, beside the callbacks they send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from bot.db import comparisons
from bot.events import GroupCreated
from bot.platforms.wire import Answer
from bot.rounds import begin
from tests import callbacks
from tests.doors import tell
from tests.platform import Asked, fine, refused
from tests.rooms import Installed

STAFF, CHAT = "xiaowang", "wrPETS1"
PAGE = 2  # so small that every list has several pages


@dataclass(slots=True)
class ListedWorld:
    """Who follows, who is whose contact, who sits in the group, each with since when."""

    contacts: dict[str, int] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)  # deleted the employee, and stay in the list
    seats: dict[str, int] = field(default_factory=dict)
    follows: dict[str, int] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)

    def answer(self, shop: Installed) -> None:
        """Let an installation's platform answer from this world."""
        shop.platform.answers |= {
            "get_follow_user_list": lambda _: fine(follow_user=[STAFF]),
            "batch/get_by_user": self._contacts,
            "groupchat/list": lambda _: fine(group_chat_list=[{"chat_id": CHAT, "status": 0}]),
            "groupchat/get": self._group,
            "user/get": self._followers,
            "mark_tag": self._mark,
            "user/info/batchget": self._profiles,
            "tags/members/batchtagging": self._tagging,
        }

    def act(self, kind: str, who: str, at_s: int) -> str | None:
        """Let somebody do something, and return the callback; None when they cannot."""
        return _ACTS[kind](self, who, at_s)

    @property
    def reachable(self) -> set[str]:
        """Everybody whom we may still write to: an employee's contacts and followers."""
        return {*self.contacts} - self.dropped | {f"o-{one}" for one in self.follows}

    def _contacts(self, asked: Asked) -> Answer:
        page, after = _page(sorted(self.contacts), str(asked.body.get("cursor", "")))
        listed = [
            {
                "external_contact": {"external_userid": one, "name": one},
                "follow_info": {
                    "userid": STAFF, "createtime": self.contacts[one], "state": "staff-xiaowang",
                    "tag_id": self.labels.get(one, []),
                },
            }
            for one in page
        ]  # fmt: skip
        return fine(external_contact_list=listed, next_cursor=after)

    def _group(self, asked: Asked) -> Answer:
        members = [
            {"userid": who, "type": 2, "join_time": at} for who, at in sorted(self.seats.items())
        ]
        chat = asked.body["chat_id"]
        told = {"chat_id": chat, "name": "群", "owner": STAFF, "member_list": members}
        return fine(group_chat=told)

    def _followers(self, asked: Asked) -> Answer:
        openids = sorted(f"o-{one}" for one in self.follows)
        after = asked.query.get("next_openid", "")
        page = [one for one in openids if one > after][:PAGE]
        return fine(data={"openid": page}, next_openid=page[-1] if page else "")

    def _profiles(self, asked: Asked) -> Answer:
        wanted = [one["openid"] for one in asked.body["user_list"]]
        if any(one.removeprefix("o-") not in self.follows for one in wanted):
            return refused(40003)  # one who is no follower spoils the whole batch
        told = [
            {
                "openid": one, "subscribe": 1, "subscribe_time": self.follows[one[2:]],
                "tagid_list": [int(label) for label in self.labels.get(one, [])],
            }
            for one in wanted
        ]  # fmt: skip
        return fine(user_info_list=told)

    def _tagging(self, asked: Asked) -> Answer:
        for one in asked.body["openid_list"]:
            worn = self.labels.setdefault(one, [])
            if (label := str(asked.body["tagid"])) not in worn:
                worn.append(label)
        return fine()

    def _mark(self, asked: Asked) -> Answer:
        who = asked.body["external_userid"]
        removed = asked.body.get("remove_tag", [])
        worn = [*self.labels.get(who, []), *asked.body.get("add_tag", [])]
        self.labels[who] = [one for one in dict.fromkeys(map(str, worn)) if one not in removed]
        return fine()

    def _add(self, who: str, at_s: int) -> str | None:
        if who in self.contacts and who not in self.dropped:
            return None
        self.contacts[who] = at_s
        self.dropped.discard(who)
        return callbacks.contact_added(who, state="staff-xiaowang", code=f"WC{at_s}", at_s=at_s)

    def _delete(self, who: str, at_s: int) -> str | None:
        if who not in self.contacts:
            return None
        del self.contacts[who]
        self.labels.pop(who, None)
        self.dropped.discard(who)
        return callbacks.contact_gone(who, "del_external_contact", at_s=at_s)

    def _drop(self, who: str, at_s: int) -> str | None:
        if who not in self.contacts or who in self.dropped:
            return None
        self.dropped.add(who)
        return callbacks.contact_gone(who, "del_follow_user", at_s=at_s)

    def _join(self, who: str, at_s: int) -> str | None:
        if who in self.seats:
            return None
        self.seats[who] = at_s
        return callbacks.group_changed(CHAT, who, at_s=at_s)

    def _leave(self, who: str, at_s: int) -> str | None:
        if self.seats.pop(who, None) is None:
            return None
        return callbacks.group_changed(CHAT, who, detail="del_member", at_s=at_s)

    def _follow(self, who: str, at_s: int) -> str | None:
        if who in self.follows:
            return None
        self.follows[who] = at_s
        return callbacks.followed(f"o-{who}", "poster-S012-door", at_s=at_s)

    def _unfollow(self, who: str, at_s: int) -> str | None:
        if self.follows.pop(who, None) is None:
            return None
        return callbacks.unfollowed(f"o-{who}", at_s=at_s)


_ACTS: Mapping[str, Callable[[ListedWorld, str, int], str | None]] = {
    "add": ListedWorld._add,
    "delete": ListedWorld._delete,
    "drop": ListedWorld._drop,
    "join": ListedWorld._join,
    "leave": ListedWorld._leave,
    "follow": ListedWorld._follow,
    "unfollow": ListedWorld._unfollow,
}
ACTS = tuple(_ACTS)


def _page(names: list[str], after: str) -> tuple[list[str], str]:
    start = int(after or 0)
    end = start + PAGE
    return names[start:end], str(end) if end < len(names) else ""


async def met(shop: Installed) -> ListedWorld:
    """Return a world that we have heard of ten minutes ago, with nobody in it."""
    made = ListedWorld()
    made.answer(shop)
    await tell(shop, GroupCreated(account="corp", chat=CHAT))
    await shop.settle_down()
    for account in ("oa", "corp"):
        await shop.db.write(
            partial(comparisons.first_seen, account=account, now_us=shop.shop.clock())
        )
    shop.hand.move(600)
    return made


async def known(shop: Installed, world: ListedWorld, *people: str) -> None:
    """Let people add the employee and be heard of."""
    for who in people:
        message = world.act("add", who, int(shop.hand.at_s))
        assert message is not None
        await shop.deliver(message)
    await shop.settle_down(wait_s=1)
    shop.hand.move(600)


async def parts(shop: Installed) -> dict[str, tuple[str, int, str]]:
    """How each part of the newest run stands: state, how many, what could not be compared."""
    rows = await shop.rows("SELECT part, state, compared, trouble FROM comparison ORDER BY id")
    return {row["part"]: (row["state"], row["compared"], row["trouble"]) for row in rows}


async def compare(shop: Installed) -> None:
    """Compare both accounts with their platforms, to the end."""
    for account in ("oa", "corp"):
        await shop.db.write(partial(begin, shop=shop.shop, account=account))
    await shop.settle_down()


async def gaps(shop: Installed) -> list[tuple[str, str]]:
    """What was found so far, and about whom."""
    rows = await shop.rows("SELECT what, member FROM gap_found ORDER BY id")
    return [(row["what"], row["member"]) for row in rows]


async def reachable(shop: Installed) -> set[str]:
    """Everybody whom we think we may still write to."""
    rows = await shop.rows("SELECT address FROM reach WHERE is_on = 1")
    return {row["address"] for row in rows}


async def seated(shop: Installed) -> set[str]:
    """Everybody who sits in a group by what we know."""
    rows = await shop.rows("SELECT member FROM seat WHERE left_us IS NULL")
    return {row["member"] for row in rows}
