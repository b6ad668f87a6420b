"""`why`: the whole story of one member, or of one event, from the kept traces."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.clock import Clock
from bot.db.tx import Tx
from bot.ids import readable_code
from commands.parts.problems import FINE, USAGE, stop
from commands.report.document import story_document
from commands.report.history import Story
from commands.report.names import names_of
from commands.report.reading import Reader, reader_of
from commands.report.seeking import story_of_events, story_of_member
from commands.report.showing import clean, console
from commands.report.telling import Teller

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
        print(orjson.dumps(story_document(found, names)).decode())
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
        settings = reader.home.settings
        told = await story_of_member(tx, called, settings, now_us)
        return told or await story_of_events(tx, (what,), settings, now_us)

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
