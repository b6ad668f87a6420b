"""`member export`: everything kept of one person, as one JSON document that can be handed over."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from bot.clock import Clock, moment
from bot.db.besides import Besides
from bot.db.exporting import Dossier, dossier
from bot.db.merged import Merged
from bot.db.reports import Owed
from bot.db.stories import Held
from bot.events import Event
from commands.member.finding import meant
from commands.parts.problems import FINE, USAGE, stop
from commands.report.history import Chapter, story
from commands.report.reading import reader_of
from commands.report.showing import when
from config.settings import Settings

VERSION = 1  # of the JSON form
_CONSENT = "触达/"  # begins the tags in which somebody says how often to be written to
# Of what a platform told: secrets of a moment, and who served.
_LEFT_OUT = ("UserID", "WelcomeCode", "Token", "ToUserName", "servicer_userid", "welcome_code")
_WORDS = ("text", "title", "url", "fields", "link", "attachments", "image")


def run(who: str, home: Path, to: Path | None) -> int:
    """Print everything kept of the member whom `who` names, or write it to a file of mode 0600.

    Stops when it names nobody, or several. Changes nothing.
    """
    reader = reader_of(home)
    person, *others = meant(reader, who, "member export")
    if others:
        stop(f"这个词也指别的会员（{'、'.join(others)}）：请写会员号，member show 里有", USAGE)
    now_us = Clock()()
    found = reader.ask(lambda tx: dossier(tx, person, now_us))
    told = Telling(reader.home.settings).document(found, now_us)
    text = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    if to is None:
        print(text.decode())
    else:
        _write(to, text)
        print(f"已写到 {to}（只有你能读；交给本人之后请删掉）")
    return FINE


def _write(file: Path, text: bytes) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(text)
    except FileExistsError:
        stop(f"{file} 已经有了：请换一个名字，不覆盖", USAGE)
    except OSError as trouble:
        stop(f"{file} 写不了（{trouble.strerror}）：请检查目录与权限")


class Telling:
    """Tells what is kept of a member, each time in UTC and by the stores' wall clock."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._zone = ZoneInfo(settings.store_zone)

    def document(self, found: Dossier, now_us: int) -> dict[str, object]:
        """Return it as docs/reference/json/export.schema.json says."""
        member = found.member
        chapters = story(member, found.happened, self._settings).chapters
        tags = [self._timed(asdict(line), "at_us", "expires_us") for line in found.tags]
        return {
            "v": VERSION,
            "exported": self._time(now_us),
            "zone": str(self._zone),
            "member": {
                "id": member.id,
                "ids": found.people,
                "since": self._time(member.created_us),
                "stage": member.stage,
                "store": member.store,
            },
            "names": [
                {"kind": one.kind, "scope": one.scope, "value": one.value} for one in member.aliases
            ],
            "ways": [self._timed(asdict(one), "spoke_us", "changed_us") for one in found.ways],
            "tags": [{"name": one.name, "value": one.value} for one in member.tags],
            "tag_history": tags,
            "consents": [one for one in tags if str(one["name"]).startswith(_CONSENT)],
            "coupons": [self._coupon(one) for one in member.coupons],
            "orders": [self._timed(asdict(one), "paid_us", "told_us") for one in found.orders],
            "groups": [self._timed(asdict(one), "joined_us", "left_us") for one in member.groups],
            "invitations": [self._timed(asdict(one), "at_us") for one in found.shown],
            "events": [self._event(one) for one in chapters],
            "unanswered": [self._timed(asdict(one), "at_us") for one in found.phrases],
            "proposals": [self._timed(asdict(p), "at_us", "done_us") for p in found.proposals],
            "mass_messages": [
                {**self._timed(asdict(one), "at_us"), "letter": orjson.loads(one.letter)}
                for one in found.masses
            ],
            **self._besides(found.besides),
            "merges": self._merges(found.merged),
        }

    def _besides(self, found: Besides) -> dict[str, object]:
        return {
            "rule_hits": [self._timed(asdict(one), "at_us") for one in found.counted],
            "talks": [self._timed(asdict(one), "spoke_us", "staff_us") for one in found.talks],
            "links": [
                self._timed(asdict(one), "made_us", "expires_us", "used_us") for one in found.links
            ],
            "redemptions_undone": [
                self._timed(asdict(one), "at_us", "undone_us") for one in found.returned
            ],
            "compared": [
                self._timed(asdict(one), "happened_us", "found_us") for one in found.noticed
            ],
            "sent_besides": [self._sent(one) for one in found.owed],
        }

    def _time(self, at_us: int | None) -> dict[str, object] | None:
        if at_us is None:
            return None
        return {"utc": moment(at_us), "local": when(at_us, self._zone)}

    def _timed(self, row: Mapping[str, object], *times: str) -> dict[str, object]:
        plain = {name: value for name, value in row.items() if name not in times}
        for name in times:
            at_us = row[name]
            plain[name.removesuffix("_us")] = self._time(at_us if isinstance(at_us, int) else None)
        return plain

    def _coupon(self, held: Held) -> dict[str, object]:
        return {
            "code": held.code,
            "campaign": held.campaign,
            "granted": self._time(held.granted_us),
            "expires": self._time(held.expires_us),
            "same_as": held.same_as,
            "redeemed": self._time(held.redeemed_us),
            "redeemed_store": held.redeemed_store,
        }

    def _event(self, chapter: Chapter) -> dict[str, object]:
        one = chapter.happening
        said = chapter.trace.said if chapter.trace else ()
        return {
            "event_id": one.event_id,
            "at": self._time(one.happened_us),
            "account": one.account,
            "kind": one.kind,
            "text": str(getattr(chapter.event, "text", "")),
            "fields": _fields(chapter.event),
            "rules": [won.rule for won in chapter.trace.hits] if chapter.trace else [],
            "said": [{"persona": words.persona, "text": words.text} for words in said],
            "sent": [self._sent(owed) for owed in chapter.effects],
        }

    def _sent(self, owed: Owed) -> dict[str, object]:
        return {
            "kind": owed.kind,
            "state": owed.state,
            "tries": owed.attempts,
            "at": self._time(owed.done_us or owed.created_us),
            "words": _words(owed.body),
        }

    def _merges(self, merged: Sequence[Merged]) -> list[dict[str, object]]:
        return [
            {
                "number": one.number,
                "keep": one.keep,
                "gone": one.gone,
                "how": one.how,
                "at": self._time(one.at_us),
                "undone": self._time(one.undone_us),
            }
            for one in merged
        ]


def _fields(event: Event | None) -> dict[str, str]:
    if event is None:
        return {}
    left_out = set(_LEFT_OUT)
    return {
        path: text for path, text in event.fields.items() if left_out.isdisjoint(path.split("."))
    }


def _words(body: str) -> dict[str, object]:
    held: dict[str, object] = orjson.loads(body)
    return {name: held[name] for name in _WORDS if held.get(name)}
