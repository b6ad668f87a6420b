"""Checks the archive: what customers said in groups is in the inbox, each line of it once."""

from collections import Counter
from collections.abc import Iterator

import orjson

from commands.audit.evidence import Evidence
from commands.audit.finding import Finding, Verdict

Line = tuple[str, str]


def check_archive(evidence: Evidence) -> Iterator[Finding]:
    """Yield what is wrong between the pushes of the archive and what was kept of them.

    What employees wrote is not to be kept.
    """
    lines, kept = evidence.book.lines, _kept(evidence)
    pushed = {
        number
        for push in evidence.book.pushes
        if push.taken
        for number in range(push.first, push.last + 1)
    }
    customers = {*evidence.contacts, *evidence.names.values()}
    said = Counter((one.chat, one.text) for one in lines if one.who in customers)
    taken = Counter(
        (one.chat, one.text)
        for number, one in enumerate(lines, 1)
        if number in pushed and one.who in customers
    )
    for line in sorted(kept | taken):
        if kept[line] < taken[line]:
            yield _differs(Verdict.LOST, line, kept[line], taken[line], "存档推送的入口")
        if kept[line] > said[line]:
            ghostly = Verdict.DOUBLED if said[line] else Verdict.GHOST
            yield _differs(ghostly, line, kept[line], said[line], "存档推送的去重，或冒充存档的人")


def _kept(evidence: Evidence) -> Counter[Line]:
    rows = (orjson.loads(row.body) for row in evidence.tables.inbox if row.kind == "GroupSaid")
    return Counter((str(row["chat"]), str(row["text"])) for row in rows)


def _differs(verdict: Verdict, line: Line, kept: int, said: int, culprit: str) -> Finding:
    chat, text = line
    return Finding(
        verdict=verdict,
        what=f"群 {chat} 里的「{text}」",
        expected=f"在收件箱里有 {said} 行",
        found=f"有 {kept} 行",
        culprit=culprit,
    )
