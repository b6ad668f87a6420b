"""Finds the story of a name, an event or a message in a home's database."""

import hashlib
import re
from collections.abc import Callable, Sequence
from itertools import chain

from bot.db.stories import Happening, biography, happenings, members_called
from bot.db.tx import Tx
from commands.report.history import Story, story
from config.settings import Settings


async def story_of_member(
    tx: Tx, called: Sequence[str], settings: Settings, now_us: int, *, account: str = ""
) -> Story | None:
    """Return the story of the member that any of these names means, None when none does.

    With `account` it holds only what came in there.
    """
    found = [await members_called(tx, name) for name in called]
    members = list(dict.fromkeys(chain.from_iterable(found)))
    if not members:
        return None
    happened = _at(account, await happenings(tx, members[0]))
    member = await biography(tx, members[0], now_us)
    return story(member, happened, settings, also=members[1:])


async def story_of_events(
    tx: Tx, events: Sequence[str], settings: Settings, now_us: int, *, account: str = ""
) -> Story | None:
    """Return the story of the events of these ids, None when there are none.

    Its member is who the first of them is about. With `account` only what came in there counts.
    """
    happened: list[Happening] = []
    for event in events:
        found = _at(account, await happenings(tx, event))
        happened += [one for one in found if one.event_id == event]
    if not happened:
        return None
    person = next((one.person for one in happened if one.person), "")
    member = await biography(tx, person, now_us) if person else None
    return story(member, happened, settings)


def named(msg_id: str) -> Callable[[bytes], bool]:
    """Return a test for messages that bear this id, in XML or in JSON.

    >>> named("7")(b"<xml><MsgId>7</MsgId></xml>"), named("7")(b'{"msgid": "77"}')
    (True, False)
    """
    quoted = re.escape(msg_id.encode())
    bears = re.compile(rb'(?i:msg_?id)(?:>(?:<!\[CDATA\[)?|"\s*:\s*"?)' + quoted + rb'[\]<",}\s]')
    return lambda body: bears.search(body) is not None


def digested(digest: str) -> Callable[[bytes], bool]:
    """Return a test for messages whose SHA-256 in hex begins like this.

    >>> digested("ba7816bf8f01cfea")(b"abc"), digested("ba7816bf8f01cfea")(b"abd")
    (True, False)
    """
    return lambda body: hashlib.sha256(body).hexdigest().startswith(digest)


def _at(account: str, happened: Sequence[Happening]) -> Sequence[Happening]:
    return [one for one in happened if account in ("", one.account)]
