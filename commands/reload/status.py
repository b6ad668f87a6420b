"""`rules status`: which rules the files hold, and which each process goes by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from bot.clock import moment
from bot.db.location import located
from bot.db.reading import ask
from bot.db.standing import Hand, standing
from bot.errors import DatabaseTrouble
from commands.parts.compose import Home, open_home
from commands.parts.problems import FINDINGS, FINE

VERSION = 1  # of the JSON form


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The rules in a home's files, and the processes that are alive.

    `unread` is why nobody knows the processes, "" when somebody does.
    """

    home: Home
    hands: tuple[Hand, ...] = ()
    unread: str = ""

    @property
    def agree(self) -> bool:
        """Whether every process with rules goes by those in the files."""
        return all(hand.ruleset in ("", self.home.rules.current.hash) for hand in self.hands)


def run(folder: Path, *, as_json: bool) -> int:
    """Print how the rules stand; 1 when a file has a mistake, or a process goes by other rules.

    Reads only, files and database, whether or not anybody serves.
    """
    found = _found(open_home(folder))
    if as_json:
        print(orjson.dumps(_document(found), option=orjson.OPT_INDENT_2).decode())
    else:
        print("\n".join(_lines(found)))
    return FINE if found.agree and not found.home.rule_problems else FINDINGS


def _found(home: Home) -> Found:
    try:
        now = ask(located(home.settings.database), standing, any_schema=True)
    except DatabaseTrouble as trouble:
        return Found(home=home, unread=str(trouble))
    return Found(home=home, hands=tuple(one for one in now.hands if one.until_us > now.now_us))


def _lines(found: Found) -> Iterator[str]:
    book = found.home.rules
    yield (
        f"文件里的规则：版本 {book.current.hash}，{len(book.loaded.rules)} 条，"
        f"{len(book.loaded.files)} 个文件，{len(found.home.rule_problems)} 处错误"
    )
    for problem in (*found.home.rule_problems, *book.loaded.warnings):
        yield f"  {problem}"
    if found.unread:
        yield f"哪些进程在用，读不到：{found.unread}"
    elif not found.hands:
        yield "没有进程在跑"
    for hand in found.hands:
        yield f"进程 {hand.host}:{hand.pid}（{hand.role}）：{_goes_by(hand, found.home)}"


def _goes_by(hand: Hand, home: Home) -> str:
    if not hand.ruleset:
        return "还没有规则"
    same = hand.ruleset == home.rules.current.hash
    state = "与文件一致" if same else f"与文件不一致（{_why_not(hand, home)}）"
    return f"版本 {hand.ruleset}，从 {_shown(hand.ruleset_us)}，{state}"


def _why_not(hand: Hand, home: Home) -> str:
    if home.rule_problems:
        return "有错的文件，它沿用上一个没错的版本"
    if hand.rule_problems:
        return f"它读出 {hand.rule_problems} 处错误，见 /status；改了设置或内容要重启才算"
    return "刚存的等两秒再看；改了设置或内容要重启才算"


def _document(found: Found) -> Mapping[str, object]:
    book = found.home.rules
    return {
        "v": VERSION,
        "ruleset": book.current.hash,
        "rules": len(book.loaded.rules),
        "files": dict(book.loaded.files),
        "problems": list(found.home.rule_problems),
        "warnings": list(map(str, book.loaded.warnings)),
        "agree": found.agree,
        "unread": found.unread,
        "processes": [
            {
                "id": hand.id, "host": hand.host, "pid": hand.pid, "role": hand.role,
                "ruleset": hand.ruleset, "problems": hand.rule_problems,
                "since": _shown(hand.ruleset_us) if hand.ruleset_us else None,
            }
            for hand in found.hands
        ],
    }  # fmt: skip


def _shown(us: int) -> str:
    return moment(us).isoformat(timespec="seconds")
