"""扫一扫: every code and link a person could hold a phone at, and what a pasted one means."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from twin.page.chats import Shelf
from twin.page.links import Tap, tap
from twin.shape import Json
from twin.stage import Stage

MOST = 40  # of one sort on the screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Codes of one sort."""

    title: str
    taps: tuple[Tap, ...]


def sections(shelf: Shelf, who: str) -> tuple[Section, ...]:
    """Return what can be scanned in this world now, without the sorts that have nothing."""
    say, stage = shelf.say, shelf.stage
    listed = (
        ("scan_posters", _posters(stage, who)),
        ("scan_entry_codes", _entry_codes(stage, who)),
        ("scan_kf", _kf_links(shelf, who)),
        ("scan_ways", _join_ways(stage, who)),
        ("scan_groups", _group_codes(stage, who)),
        ("scan_acquisition", _acquisition(stage, who)),
    )
    made = ((title, tuple(taps)[:MOST]) for title, taps in listed)
    return tuple(Section(title=say(title), taps=taps) for title, taps in made if taps)


def scanned(stage: Stage, content: str) -> Json:
    """Return the act that a pasted address or content of a code stands for, without `who`."""
    stem = PurePosixPath(content.partition("?")[0]).stem.rpartition(":")[2]
    if content.startswith("twin:scene:"):
        return {"act": "scan_oa", "poster": content.removeprefix("twin:scene:")}
    if stem in stage.groups.ways:
        return {"act": "join_group", "qr": content}
    if stem in stage.ways_to_add:
        return {"act": "add_contact", "code": content}
    if content.partition("&scene_param=")[0] in stage.kf.links:
        return {"act": "enter_kf", "url": content}
    if content.startswith(("http://", "https://")):
        return {"act": "open_link", "url": content}
    return {"act": "scan_oa", "poster": content}


def _posters(stage: Stage, who: str) -> Iterator[Tap]:
    for one in stage.world.posters:
        yield tap(one.id, "scan_oa", who, poster=one.id)
    scenes = {one.scene for one in stage.world.posters}
    for ticket, code in list(stage.scenes.items())[-MOST:]:
        if code.scene not in scenes:
            scenes.add(code.scene)
            yield tap(code.scene, "scan_oa", who, ticket=ticket)


def _entry_codes(stage: Stage, who: str) -> Iterator[Tap]:
    printed = {stage.printed_id(one.id) for one in stage.world.entry_codes}
    for one in stage.world.entry_codes:
        yield tap(f"{one.id}（{_names(stage, one.staff)}）", "add_contact", who, code=one.id)
    for config_id, way in stage.ways_to_add.items():
        if config_id not in printed:
            label = f"{way.state or config_id[:8]}（{_names(stage, way.staff)}）"
            yield tap(label, "add_contact", who, code=config_id)


def _names(stage: Stage, staff: tuple[str, ...]) -> str:
    found = (stage.world.employee(one) for one in staff)
    return "、".join(one.name for one in found if one)


def _kf_links(shelf: Shelf, who: str) -> Iterator[Tap]:
    for url, (open_kfid, scene) in shelf.stage.kf.links.items():
        kf = shelf.stage.world.kf_account(open_kfid)
        name = kf.name if kf else open_kfid
        yield tap(f"{name} {scene}".rstrip(), "enter_kf", who, url=url)


def _join_ways(stage: Stage, who: str) -> Iterator[Tap]:
    for config_id, way in stage.groups.ways.items():
        names = [stage.groups.by_id[one].name for one in way.chat_ids if one in stage.groups.by_id]
        label = f"{'、'.join(names)} {way.state}".rstrip()
        yield tap(label or config_id[:8], "join_group", who, config_id=config_id)


def _group_codes(stage: Stage, who: str) -> Iterator[Tap]:
    for one in stage.groups.by_id.values():
        yield tap(f"{one.name}（{one.size()}）", "join_group", who, chat_id=one.chat_id)


def _acquisition(stage: Stage, who: str) -> Iterator[Tap]:
    for one in stage.links.by_id.values():
        yield tap(one.name or one.link_id, "open_link", who, link=one.link_id)
