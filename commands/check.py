"""`check`: settings, content, rules and schema; every problem at once, without the network."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from bot.db.location import SqliteFile, located
from bot.db.opening import check_instance_key
from bot.db.schema import refuse_newer, status
from bot.errors import DatabaseTrouble
from commands.parts.compose import (
    PLAYBOOK,
    Home,
    open_home,
    rules_folder,
    sample_home,
    without_accounts,
)
from commands.parts.pictures import MEDIA, wrong_extras
from commands.parts.problems import FINDINGS, FINE
from commands.report.dialogues import failed_dialogues
from commands.report.topics import unknown_topics
from config.home import UnsafeKey, instance_key
from config.problems import Problem
from config.settings import read as settings_of


def run(home: Path | None, *, as_json: bool) -> int:
    """Print every problem of a home, or of the samples; 1 when one keeps it from being served."""
    read = open_home(home) if home else sample_home()
    doubts = _doubts(read.folder) if home else ()
    problems = [str(p) for p in (*doubts, *read.problems)]
    problems += [f"{rules_folder(read.folder).name}/{p}" for p in read.rules.problems]
    errors = len(read.errors) + len(read.rules.problems)
    if home:
        found = [*filter(None, [without_accounts(read)]), *_database(read)]
        problems += found
        errors += len(found)
    if not errors:
        failed = _rehearsed(read)
        problems += failed
        errors += len(failed)
    _print(read, problems, errors, as_json)
    return FINDINGS if errors else FINE


def _rehearsed(read: Home) -> list[str]:
    """Return what only shows when rules and personas are played together."""
    book = rules_folder(read.folder).name
    topics = [f"{book}/{found}" for found in unknown_topics(read.rules.current.rules, read.content)]
    extras = wrong_extras(read.rules.current.rules, read.folder / MEDIA)
    topics += [f"{book}/{found}" for found in extras]
    failed = failed_dialogues(read.content, read.rules.current, PLAYBOOK)
    return [*topics, *map(str, failed)]


def _doubts(folder: Path) -> tuple[Problem, ...]:
    """Return what in the settings can be served and is probably not meant, such as placeholders."""
    return settings_of(folder, os.environ)[1]


def _database(read: Home) -> Iterator[str]:
    place = located(read.settings.database)
    if not isinstance(place, SqliteFile) or not place.path.exists():
        return  # a server is asked when it is to be used: checking needs no network
    try:
        refuse_newer(place, status(place))
        check_instance_key(place, instance_key(read.folder))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        yield str(trouble)


def _print(read: Home, problems: list[str], errors: int, as_json: bool) -> None:
    cases = sum(len(rule.cases) for rule in read.rules.current.rules)
    counts = {
        "accounts": len(read.settings.accounts),
        "stores": len(read.content.stores),
        "campaigns": len(read.content.campaigns),
        "pools": len(read.content.pools),
        "rules": len(read.rules.current.rules),
        "cases": cases,
        "dialogues": sum(len(one.dialogues) for one in read.content.personas.values()),
        "errors": errors,
    }
    if as_json:
        print(json.dumps({"v": 1, "problems": problems, **counts}, ensure_ascii=False))
        return
    for problem in problems:
        print(problem)
    print(
        "检查了 {accounts} 个账号、{stores} 家门店、{campaigns} 个活动、{pools} 个群池、"
        "{rules} 条规则（{cases} 个例句）、{dialogues} 段对话：".format(**counts)
        + _summary(len(problems), errors)
    )


def _summary(problems: int, errors: int) -> str:
    if not problems:
        return "没有问题"
    doubts = f"{problems - errors} 处要留意，不影响启动" if problems > errors else ""
    return "；".join(filter(None, [f"{errors} 个问题" if errors else "没有错误", doubts]))
