"""Whether the rule files can be read: what is wrong with one keeps all its rules from changing."""

import os
from collections.abc import Iterator
from pathlib import Path

from commands.doctor.finding import Finding, Status
from commands.parts.compose import Home, open_home
from config.settings import BadSettings, load

_SHOWN = 5


def rules_of(home: Path) -> Home | None:
    """Return a home with the rules its files have; None while its settings cannot be read."""
    try:
        load(home, os.environ)
    except BadSettings:  # other checks say so
        return None
    return open_home(home)


def of_rules(home: Home) -> Iterator[Finding]:
    """Yield a finding for each of the first mistakes in rule files, and one for all the others."""
    said = [*home.rule_problems]
    if len(said) > _SHOWN:
        said[_SHOWN:] = [f"规则文件里还有 {len(said) - _SHOWN} 处错误"]
    for one in said:
        yield Finding(
            account="", check="rules", status=Status.BAD, found=one,
            next="有错的文件整个不用，正在服务的进程沿用它上一个没错的版本；"
            "改好保存即生效，用 python run.py rules status 看",
        )  # fmt: skip
