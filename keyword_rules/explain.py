"""What came of comparing, as plain values: one form for the command line, for files, for HTTP."""

from collections.abc import Mapping, Sequence

from keyword_rules.rule import Hit, Miss, Trace

VERSION = 1  # of the form


def explained(
    text: str, trace: Trace, replies: Mapping[str, Sequence[str]] | None = None
) -> dict[str, object]:
    """Return why a text was answered as it was: docs/reference/rules.md has the fields.

    `replies` are the words that each rule would say; those under "" are said when no rule knows.
    """
    said = replies or {}
    return {
        "v": VERSION,
        "text": text,
        "comparable": trace.text,
        "ruleset": trace.ruleset,
        "hits": [hit_document(hit, said.get(hit.rule, ())) for hit in trace.hits],
        "dry": [hit_document(hit, said.get(hit.rule, ())) for hit in trace.dry],
        "missed": [miss_document(miss) for miss in trace.missed],
        "fallback": list(said.get("", ())),
    }


def hit_document(hit: Hit, replies: Sequence[str] = ()) -> dict[str, object]:
    """Return a rule that acts: by which words, where it stands, and what it does and says."""
    return {
        **kept_hit(hit),
        "file": hit.file,
        "line": hit.line,
        "do": [{"verb": step.verb, "args": dict(step.args)} for step in hit.do],
        "replies": list(replies),
    }


def kept_hit(hit: Hit) -> dict[str, object]:
    """Return a hit as traces keep it: by which words, what they caught, and how they were heard."""
    return {
        "rule": hit.rule,
        "mode": hit.mode,
        "words": list(hit.words),
        "captures": dict(hit.captures),
        "heard": dict(hit.heard),
    }


def miss_document(miss: Miss) -> dict[str, object]:
    """Return a rule that does not act: the first condition that failed, and both values."""
    return {**kept_miss(miss), "near": miss.near}


def kept_miss(miss: Miss) -> dict[str, object]:
    """Return a miss as traces keep it. `over` tells by what another rule stood above this one."""
    told = {"rule": miss.rule, "why": miss.why, "want": miss.want, "got": miss.got}
    return {**told, "over": miss.over} if miss.over else {**told}
