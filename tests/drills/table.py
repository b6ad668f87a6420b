"""A drill's verdict as a table for people; its last line is for scripts."""

from collections import Counter
from collections.abc import Iterator

from tests.drills.verdict import Judged

_SHOWN, _LONGEST = 20, 240


def table(verdict: Judged, missed: Counter[str]) -> Iterator[str]:
    """Yield the lines of a verdict, the sums of the identity among them."""
    kills = Counter(one.point for one in verdict.kills)
    yield f"kills {len(verdict.kills)}, at {len(kills)} places:"
    for point, count in sorted(kills.items()):
        late = f"  (not reached in time {missed[point]} times)" if missed[point] else ""
        yield f"  {point:32} {count:5}{late}"
    for point in sorted(missed.keys() - kills.keys()):
        yield f"  {point:32}     0  (not reached in time {missed[point]} times)"
    yield (
        f"callbacks: sent {verdict.sent}, answered {verdict.answered},"
        f" given up by the platform in outages {len(verdict.given_up)};"
        f" deliveries {verdict.deliveries}; inbox rows {verdict.rows}"
    )
    states = ", ".join(f"{state} {count}" for state, count in sorted(verdict.effects.items()))
    yield f"effects: {states}; done {verdict.done_share:.2%}"
    yield from (f"  {line}" for line in verdict.sums)
    yield from _listed("unknown, each with the kill that explains it", verdict.unknown)
    yield from _listed("given up", verdict.given_up)
    yield from _listed("LOST", verdict.lost)
    yield from _listed("DOUBLED", verdict.findings)
    yield from _listed("WRONG", verdict.wrong)
    if verdict.doubled:
        yield f"doubled by class: {dict(verdict.doubled)}"
    yield verdict.last_line


def _listed(title: str, lines: tuple[str, ...]) -> Iterator[str]:
    if lines:
        yield f"{title}: {len(lines)}"
    yield from (f"  {line[:_LONGEST]}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN} more"
