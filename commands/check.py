"""`check`: settings, content, rules and schema; every problem at once, without the network."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.db.location import SqliteFile, located
from bot.db.opening import check_instance_key
from bot.db.schema import refuse_newer, status
from bot.errors import DatabaseTrouble
from commands.checking.left import Left, left_in
from commands.checking.listed import Listed, in_order, of_findings, of_home
from commands.checking.looked import Looked, look
from commands.checking.offers import Shop
from commands.parts.compose import PLAYBOOK, Home, without_accounts
from commands.parts.pictures import MEDIA, wrong_extras
from commands.parts.problems import FINDINGS, FINE
from commands.report.dialogues import failed_dialogues
from commands.report.holidays import unknown_holidays
from commands.report.lint import findings
from commands.report.topics import unknown_topics
from config.home import SAMPLE, UnsafeKey, instance_key
from config.saying import longest_values

VERSION = 1  # of the JSON form
_LEVELS = ("error", "warning", "info")


def run(home: Path | None, *, as_json: bool, strict: bool = False) -> int:
    """Print everything that is wrong with a home, or with the samples, in the order of its files.

    1 when an error keeps it from being served, or with `strict` when there is a warning; else 0.
    What is broken hides nothing else, but dialogues are played only where there is no error.
    """
    read = look(home or SAMPLE, os.environ)
    listed = [*read.listed, *_together(read)]
    if home:
        listed += _kept(read)
    else:  # that the samples' settings are placeholders is no news
        listed = [one for one in listed if one.kind != "settings" or one.level == "error"]
    if not any(one.level == "error" for one in listed):
        dialogues = failed_dialogues(read.content, read.book.current, PLAYBOOK)
        listed += of_home(dialogues, "dialogue")
    listed += _doubts(read)
    found = in_order(listed)
    counts = {level: sum(one.level == level for one in found) for level in _LEVELS}
    _print(read, found, counts, as_json)
    return FINDINGS if counts["error"] or (strict and counts["warning"]) else FINE


def _together(read: Looked) -> Iterator[Listed]:
    """Yield what only shows when rules and content are read together."""
    rules = read.rules.rules
    yield from of_home(unknown_topics(read.read_rules, read.content), "rule", read.rules_name)
    yield from of_home(wrong_extras(read.read_rules, read.folder / MEDIA), "rule", read.rules_name)
    today = datetime.now(ZoneInfo(read.content.store_zone)).date()
    yield from of_home(unknown_holidays(rules, read.content.calendar, today), "content")


def _doubts(read: Looked) -> Iterator[Listed]:
    now = datetime.now(UTC)
    shop = Shop(content=read.content, now=now, left=_left(read, now))
    found = findings(read.rules, longest=longest_values(read.content), shop=shop)
    yield from of_findings(found, read.rules_name)


def _left(read: Looked, now: datetime) -> Left | None:
    place = _file_of(read)
    return left_in(place, read.content, _us(now), hits=False) if place else None


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _kept(read: Looked) -> Iterator[Listed]:
    """Yield what is wrong with what the home keeps: its accounts, its database, its key."""
    if read.settings is None:
        return
    if not any(one.kind == "settings" and one.level == "error" for one in read.listed):
        home = Home(
            folder=read.folder,
            settings=read.settings,
            content=read.content,
            rules=read.book,
            problems=(),
        )
        yield from _loose("settings", filter(None, [without_accounts(home)]))
    if place := _file_of(read):
        yield from _loose("database", _database(read, place))


def _loose(kind: str, said: Iterable[str]) -> Iterator[Listed]:
    for message in said:
        yield Listed(file="", line=0, column=0, level="error", kind=kind, message=message)


def _file_of(read: Looked) -> SqliteFile | None:
    """Return the database if it is a file: a server is asked when it is to be used."""
    place = located(read.settings.database) if read.settings else None
    return place if isinstance(place, SqliteFile) and place.path.exists() else None


def _database(read: Looked, place: SqliteFile) -> Iterator[str]:
    try:
        refuse_newer(place, status(place))
        check_instance_key(place, instance_key(read.folder))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        yield str(trouble)


def _print(read: Looked, found: Sequence[Listed], levels: dict[str, int], as_json: bool) -> None:
    rules = read.book.current.rules
    counts = {
        "accounts": len(read.settings.accounts) if read.settings else 0,
        "stores": len(read.content.stores),
        "campaigns": len(read.content.campaigns),
        "pools": len(read.content.pools),
        "rules": len(rules),
        "cases": sum(len(rule.cases) for rule in rules),
        "dialogues": sum(len(one.dialogues) for one in read.content.personas.values()),
        "errors": levels["error"],
        "warnings": levels["warning"],
        "infos": levels["info"],
    }
    if as_json:
        found_too = [one.document() for one in found]
        document = {"v": VERSION, "problems": list(map(str, found)), "found": found_too, **counts}
        print(json.dumps(document, ensure_ascii=False))
        return
    for one in found:
        print(one)
    print(
        "检查了 {accounts} 个账号、{stores} 家门店、{campaigns} 个活动、{pools} 个群池、"
        "{rules} 条规则（{cases} 个例句）、{dialogues} 段对话：".format(**counts)
        + _summary(levels)
    )


def _summary(levels: dict[str, int]) -> str:
    if not levels["error"] and not levels["warning"]:
        notes = f"；另有 {levels['info']} 处提示" if levels["info"] else ""
        return f"没有问题{notes}"
    said = [f"{levels['error']} 个问题" if levels["error"] else "没有错误"]
    if levels["warning"]:
        said.append(f"{levels['warning']} 处要留意，不影响启动")
    if levels["info"]:
        said.append(f"{levels['info']} 处提示")
    return "；".join(said)
