"""`why`: the whole story of one member, or of one event, from the kept traces."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.clock import Clock
from bot.db.stories import Biography, biography, happenings, members_called
from bot.db.tx import Tx
from bot.ids import readable_code
from commands.ledger import effect_document
from commands.parts.problems import FINE, USAGE, stop
from commands.report.history import Chapter, Story, story
from commands.report.names import Names, names_of
from commands.report.reading import Reader, reader_of
from commands.report.showing import clean, console, stamp
from commands.report.telling import Teller

VERSION = 1  # of the JSON form
NAMES_FILE = "names.json"  # display name → alias values; a demonstration writes it


def run(what: str, home: Path, *, as_json: bool) -> int:
    """Tell the story of the member or event that `what` names; 1 when there is neither.

    `what` is a member id, an event id, an alias value, a coupon code, or a name of `names.json`.
    Nothing is changed.
    """
    if not what.strip():
        stop("要查谁？例如：why 会员号、事件号、openid、external_userid、券码", USAGE)
    reader = reader_of(home)
    found = _found(reader, what.strip())
    names = names_of(reader.home)
    if as_json:
        print(orjson.dumps(_document(found, names)).decode())
    elif found is not None:
        zone = ZoneInfo(reader.home.settings.store_zone)
        Teller(out=console(), names=names, zone=zone).tell(found)
    if found is None:
        stop(f"没有找到「{clean(what)}」：会员号、事件号、身份、券码、{NAMES_FILE} 里都没有它")
    return FINE


def _found(reader: Reader, what: str) -> Story | None:
    called = [what, readable_code(what), *_named(reader.home.folder).get(what, ())]
    now_us = Clock()()

    async def work(tx: Tx) -> Story | None:
        members: list[str] = []
        for name in called:
            members += await members_called(tx, name)
        members = list(dict.fromkeys(members))
        happened = await happenings(tx, members[0] if members else what)
        if not members and not happened:
            return None
        person = members[0] if members else happened[0].person
        member = await biography(tx, person, now_us) if person else None
        return story(member, happened, reader.home.settings, also=members[1:])

    return reader.ask(work)


def _named(home: Path) -> Mapping[str, Sequence[str]]:
    file = home / NAMES_FILE
    try:
        return TypeAdapter(dict[str, list[str]]).validate_json(file.read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError:
        stop(
            f'{file} 读不懂：应为 名字 → 身份列表 的 JSON，例如 {{"甲": ["openid"]}}；不用就删掉它'
        )


def _document(found: Story | None, names: Names) -> dict[str, object]:
    if found is None:
        return {"v": VERSION, "person": None, "also": (), "events": ()}
    return {
        "v": VERSION,
        "person": _person(found.member) if found.member else None,
        "also": found.also,
        "events": [_event(chapter, names) for chapter in found.chapters],
    }


def _person(member: Biography) -> dict[str, object]:
    return {
        "id": member.id,
        "created": stamp(member.created_us),
        "stage": member.stage,
        "store": member.store,
        "merged": member.merged,
        "aliases": [{"kind": a.kind, "scope": a.scope, "value": a.value} for a in member.aliases],
        "tags": [
            {
                "name": tag.name,
                "value": tag.value,
                "since": stamp(tag.since_us),
                "expires": stamp(tag.expires_us),
                "rule": tag.rule,
            }
            for tag in member.tags
        ],
        "coupons": [
            {
                "code": held.code,
                "campaign": held.campaign,
                "granted": stamp(held.granted_us),
                "expires": stamp(held.expires_us),
                "same_as": held.same_as,
                "redeemed": stamp(held.redeemed_us),
                "redeemed_store": held.redeemed_store,
                "cashier": held.cashier,
            }
            for held in member.coupons
        ],
        "groups": [
            {"chat": sat.chat, "joined": stamp(sat.joined_us), "left": stamp(sat.left_us)}
            for sat in member.groups
        ],
    }


def _event(chapter: Chapter, names: Names) -> dict[str, object]:
    happening = chapter.happening
    return {
        "event_id": happening.event_id,
        "at": stamp(happening.happened_us),
        "decided": stamp(happening.decided_us),
        "account": happening.account,
        "kind": happening.kind,
        "what": names.happened(chapter.event) if chapter.event else "",
        "state": happening.state,
        "error": happening.error,
        "duplicates": happening.duplicates,
        "verdict": chapter.verdict,
        "trace": orjson.Fragment(happening.trace) if happening.trace else None,
        "effects": [effect_document(one) for one in chapter.effects],
    }
