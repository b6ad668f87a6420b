"""Which sayings are still gaps: what the rules of now would answer is none any more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import moment
from bot.db.gaps import sayings
from commands.gaps.grouping import Gap, Phrase, grouped, phrases_of
from commands.parts.compose import Home, open_home
from commands.parts.problems import stop
from commands.report.reading import Reader, database_of
from keyword_rules.rule import TEXT, Subject, Trace

_IGNORED = "gaps-ignored.txt"  # ids of phrases, one a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """The gaps of a home: the open ones in groups, and what rules answer by now."""

    home: Home
    open: tuple[Gap, ...]
    answered: tuple[Phrase, ...]

    def find(self, id: str) -> Gap | None:
        """Return the open group that has a phrase of this id."""
        has = (gap for gap in self.open if id in (phrase.id for phrase in gap.phrases))
        return next(has, None)


def read_gaps(folder: Path) -> Gaps:
    """Read what no rule knew, and match it against the rules as they are. Nothing is changed."""
    home = open_home(folder)
    said = Reader(home=home, database=database_of(home)).ask(sayings)
    left = ignored(folder)
    phrases = [one for one in phrases_of(said) if one.id not in left]
    answered = [phrase for phrase in phrases if trace_of(home, phrase).hits]
    done = {phrase.id for phrase in answered}
    zone = ZoneInfo(home.settings.store_zone)
    still = [phrase for phrase in phrases if phrase.id not in done]
    return Gaps(
        home=home,
        open=tuple(grouped(still, home.rules.current.segment, zone)),
        answered=tuple(answered),
    )


def trace_of(home: Home, phrase: Phrase) -> Trace:
    """Match a phrase as it was said last: on that channel, at that hour, by somebody unknown."""
    return home.rules.current.match(subject_of(home, phrase))


def subject_of(home: Home, phrase: Phrase) -> Subject:
    """Return a phrase as rules would meet it."""
    last, zone = phrase.last, ZoneInfo(home.settings.store_zone)
    return Subject(
        occasion=TEXT,
        text=phrase.text,
        channel=_channels(home).get(last.account, "oa"),
        stage="visitor",
        local=moment(last.at_us).astimezone(zone),
    )


def _channels(home: Home) -> Mapping[str, str]:
    return {account.id: account.kind for account in home.settings.accounts}


def ignored(folder: Path) -> frozenset[str]:
    """Return the ids of the phrases that operators set aside."""
    try:
        return frozenset((folder / _IGNORED).read_text("utf-8").split())
    except OSError:
        return frozenset()


def ignore(folder: Path, gaps: Iterable[Gap]) -> None:
    """Set these gaps aside, all their phrases. Stops when that cannot be written."""
    ids = {phrase.id for gap in gaps for phrase in gap.phrases}
    lines: Sequence[str] = sorted(ids - ignored(folder))
    try:
        with (folder / _IGNORED).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as trouble:
        stop(f"{folder / _IGNORED} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间")
