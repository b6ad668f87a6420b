"""`check`: settings, content, rules and schema; every problem at once, without the network."""

import json
from collections.abc import Iterator
from pathlib import Path

from bot.db.opening import check_instance_key
from bot.db.schema import refuse_newer, status
from bot.errors import DatabaseTrouble
from commands.parts.compose import Home, open_home, rules_folder, sample_home, without_accounts
from commands.parts.problems import FINDINGS, FINE
from config.home import UnsafeKey, instance_key


def run(home: Path | None, *, as_json: bool) -> int:
    """Print every problem of a home, or of the samples; 1 when one keeps it from being served."""
    read = open_home(home) if home else sample_home()
    problems = [str(p) for p in read.problems]
    problems += [f"{rules_folder(read.folder).name}/{p}" for p in read.rules.problems]
    errors = len(read.errors) + len(read.rules.problems)
    if home:
        found = [*filter(None, [without_accounts(read)]), *_database(read)]
        problems += found
        errors += len(found)
    _print(read, problems, as_json)
    return FINDINGS if errors else FINE


def _database(read: Home) -> Iterator[str]:
    if not read.settings.database.startswith("sqlite:"):
        return
    path = Path(read.settings.database.removeprefix("sqlite:"))
    if not path.exists():
        return
    try:
        refuse_newer(path, status(path))
        check_instance_key(path, instance_key(read.folder))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        yield str(trouble)


def _print(read: Home, problems: list[str], as_json: bool) -> None:
    cases = sum(len(rule.cases) for rule in read.rules.current.rules)
    counts = {
        "accounts": len(read.settings.accounts),
        "stores": len(read.content.stores),
        "campaigns": len(read.content.campaigns),
        "pools": len(read.content.pools),
        "rules": len(read.rules.current.rules),
        "cases": cases,
    }
    if as_json:
        print(json.dumps({"v": 1, "problems": problems, **counts}, ensure_ascii=False))
        return
    for problem in problems:
        print(problem)
    print(
        "检查了 {accounts} 个账号、{stores} 家门店、{campaigns} 个活动、{pools} 个群池、"
        "{rules} 条规则（{cases} 个例句）：".format(**counts)
        + (f"{len(problems)} 个问题" if problems else "没有问题")
    )
