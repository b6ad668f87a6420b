"""E in pairs: twenty named pairs of faults at once, each on its share of the calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.drills.registry import Finding, Options, drill
from tests.drills.rig import rig
from tests.drills.trouble import DRAINED_S, Terms, planted, suffered

_HALF = 0.5
_LASTS_S = 4.0
Fault = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two faults that hold at the same time, and after how long all may be worked off."""

    name: str
    first: Fault
    second: Fault
    drained_s: float = DRAINED_S


def _code(code: int, **where: object) -> Fault:
    return {"kind": "errcode", "code": code, **where}


def _kind(kind: str, **more: object) -> Fault:
    return {"kind": kind, **more}


_WELCOMES = {"path": "*/send_welcome_msg"}
_LABELS = {"path": "*tag*"}
_READS = {"path": "*/get"}
_TOKENS = {"path": "*token"}
_SENDS = {"path": "*/send*"}
_CORP = {"account": "wecom-main"}  # nobody waits there for an answer that cannot come
# Tokens that die young are asked for more and more rarely: five in ten minutes.
_TOKENS_REST_S = 660.0
PAIRS = (
    Pair(name="crowded while the token dies", first=_code(45033), second=_kind("token_revoked"),
         drained_s=_TOKENS_REST_S),
    Pair(name="busy and slow", first=_code(-1), second=_kind("slow", seconds=2)),
    Pair(name="cut before and cut after", first=_kind("reset_before"), second=_kind("reset_after")),
    Pair(name="half the answer, or a page", first=_kind("truncated"), second=_kind("html")),
    Pair(name="silent welcomes, crowded labels", first=_kind("never", **_WELCOMES),
         second=_code(45033, **_LABELS)),
    Pair(name="busy welcomes, labels cut after", first=_code(-1, **_WELCOMES),
         second=_kind("reset_after", **_LABELS)),
    Pair(name="welcomes cut after, reads fail", first=_kind("reset_after", **_WELCOMES),
         second=_kind("http", code=503, **_READS)),
    Pair(name="no token, and answers cut", first=_kind("http", code=500, **_TOKENS),
         second=_kind("reset_after")),
    Pair(name="tokens die, sends slow", first=_kind("token_revoked", **_READS),
         drained_s=_TOKENS_REST_S, second=_kind("slow", seconds=3, **_SENDS)),
    Pair(name="a token that is a page, tokens die", first=_kind("html", **_TOKENS),
         second=_kind("token_revoked"), drained_s=_TOKENS_REST_S),
    Pair(name="code as text, or none", first=_kind("errcode_text"),
         second=_kind("errcode_missing")),
    Pair(name="sends answered late, callbacks twice",
         first=_kind("late_answer", seconds=3, **_SENDS), second=_kind("duplicate")),
    Pair(name="callbacks late and out of order", first=_kind("delayed", seconds=2),
         second=_kind("reordered", seconds=3)),
    Pair(name="bad signatures, and cut calls", first=_kind("wrong_signature", **_CORP),
         second=_kind("reset_after")),
    Pair(name="half a callback, busy platform", first=_kind("truncated_body", **_CORP),
         second=_code(-1)),
    Pair(name="callbacks twice, token dies", first=_kind("duplicate", seconds=1),
         second=_kind("token_revoked"), drained_s=_TOKENS_REST_S),
    Pair(name="huge and in UTF-16", first=_kind("huge"), second=_kind("charset")),
    Pair(name="sent elsewhere, or not at all", first=_kind("redirect"), second=_kind("never")),
    Pair(name="502 on sends, crowded elsewhere", first=_kind("http", code=502, **_SENDS),
         second=_code(45033)),
    Pair(name="sends cut after, pulls fail", first=_kind("reset_after", **_SENDS),
         second=_kind("http", code=500, path="*/sync_msg")),
)  # fmt: skip


@drill("pairs", "twenty named pairs of faults, each on half of what is left to it")
async def in_pairs(options: Options, home: Path) -> Finding:
    """Let one pair after the other hold, and compare the books after each."""
    wanted = [one for one in PAIRS if options.wants(one.name)]
    bad, known = 0, set[str]()
    async with rig(home, engine=options.engine, seed=options.seed) as r:
        r.crowd.unfollow = False
        for pair in wanted:
            both = [{**one, "times": -1, "share": _HALF} for one in (pair.first, pair.second)]
            terms = Terms(lasts_s=_LASTS_S, drained_s=pair.drained_s)
            found, known = await suffered(r, planted(r, *both), terms, known)
            options.tell(pair.name, found)
            bad += not found.ok
    return Finding(measured=f"{len(wanted)} pairs, {bad} with findings", ok=not bad)
