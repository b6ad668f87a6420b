"""A subject as plain values and back, so that what happened can be compared with rules again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from keyword_rules.rule import Limit, Subject

_WORDS = ("occasion", "text", "key", "channel", "store", "group", "stage", "person")
_SETS = ("tags", "days", "paused")


def subject_document(subject: Subject) -> dict[str, object]:
    """Return a subject as plain values; what is empty is left out, counts of nothing are not.

    >>> subject_document(Subject(occasion="scan", key="poster", tags=frozenset({"b", "a"})))
    {'occasion': 'scan', 'key': 'poster', 'tags': ['a', 'b']}
    """
    kept: dict[str, object] = {name: getattr(subject, name) for name in _WORDS}
    kept |= {name: sorted(getattr(subject, name)) for name in _SETS}
    kept["local"] = subject.local.isoformat() if subject.local else ""
    kept["counts"] = [
        {"rule": rule, "times": limit.times, "per": limit.per, "of": limit.of, "hits": hits}
        for (rule, limit), hits in sorted(subject.counts.items(), key=_by_rule)
    ]
    kept["met"] = dict(sorted(subject.met.items()))
    return {name: value for name, value in kept.items() if value}


def subject_from(document: Mapping[str, Any]) -> Subject:
    """Return the subject of a document that `subject_document` made; what it lacks is empty.

    Raises KeyError, TypeError or ValueError for another sort of document.
    """
    words = {name: str(document.get(name, "")) for name in _WORDS}
    local = document.get("local")
    return Subject(
        occasion=words["occasion"],
        text=words["text"],
        key=words["key"],
        channel=words["channel"],
        store=words["store"],
        group=words["group"],
        stage=words["stage"],
        person=words["person"],
        tags=_names(document.get("tags", ())),
        days=_names(document.get("days", ())),
        paused=_names(document.get("paused", ())),
        local=datetime.fromisoformat(local) if local else None,
        counts=dict(map(_count, document.get("counts", ()))),
        met={str(rule): int(times) for rule, times in document.get("met", {}).items()},
    )


def _names(names: Sequence[str]) -> frozenset[str]:
    return frozenset(map(str, names))


def _count(kept: Mapping[str, Any]) -> tuple[tuple[str, Limit], int]:
    limit = Limit(times=int(kept["times"]), per=str(kept["per"]), of=str(kept["of"]))
    return (str(kept["rule"]), limit), int(kept["hits"])


def _by_rule(counted: tuple[tuple[str, Limit], int]) -> tuple[str, str, str, int]:
    (rule, limit), _ = counted
    return rule, limit.of, limit.per, limit.times
