"""Stories and effects as programs read them: the JSON of `why`, `ledger` and the trace call."""

import orjson

from bot.db.reports import Owed
from bot.db.stories import Biography
from commands.report.history import Chapter, Story
from commands.report.names import Names
from commands.report.showing import stamp

VERSION = 1  # of the JSON form


def story_document(found: Story | None, names: Names) -> dict[str, object]:
    """Return a story as programs read it: docs/reference/trace.md has the fields."""
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


def effect_document(one: Owed) -> dict[str, object]:
    """Return a remote effect as programs read it: docs/reference/ledger-json.md has the fields."""
    return {
        "id": one.id,
        "event_id": one.event_id,
        "person": one.person or None,
        "account": one.account,
        "kind": one.kind,
        "rule": one.rule,
        "state": one.state,
        "code": one.code,
        "meaning": one.meaning,
        "carrier": one.carrier,
        "attempts": one.attempts,
        "created": stamp(one.created_us),
        "next": stamp(one.next_us),
        "deadline": stamp(one.deadline_us),
        "done": stamp(one.done_us),
        "action": orjson.Fragment(one.body),
    }
