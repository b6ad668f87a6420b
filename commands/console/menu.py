"""`menu show|push|save`: the menu at the foot of an Official Account's chat, and menu.yaml."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.platforms.oa.api.console import ReadShownMenu
from bot.platforms.oa.api.menu import MakeMenu
from commands.console.asking import ask, official
from commands.console.menu_tree import buttons_of, difference, lines, shown, wrongs
from commands.doctor import before
from commands.parts.compose import Home, open_home
from commands.parts.problems import FINE, USAGE, stop
from commands.parts.problems import show as show_problems
from config.accounts import OaAccount

VERSION = 1  # of the JSON form
_FILE = "menu.yaml"


def show(home: Path, wanted: str, *, as_json: bool) -> int:
    """Print the account's menu as it is now, and what menu.yaml would change. Changes nothing."""
    read, account = _opened(home, wanted)
    now = _now(read, account)
    change = difference(now, shown(buttons_of(read.content.menu)))
    if as_json:
        told = {"v": VERSION, "account": account.id, "menu": now, "change": change}
        print(json.dumps(told, ensure_ascii=False))
        return FINE
    print(f"{account.id} 现在的菜单：" + ("" if now else "没有"))
    _print(now)
    print(f"{_FILE} 推上去会改：" if change else f"{_FILE} 与它一样")
    _print(change)
    return FINE


def push(home: Path, wanted: str, *, yes: bool, dry_run: bool) -> int:
    """Make menu.yaml the account's menu, after showing the difference and asking.

    What it had before our first push is kept in `before/`. Stops when the file breaks a limit of
    the platform's, or nobody can be asked. Repeating it pushes only what changed.
    """
    read, account = _opened(home, wanted)
    _refuse_wrong(read)
    told = ask(read, account, ReadShownMenu()) or {}
    buttons = buttons_of(read.content.menu)
    change = difference(list(lines(before.buttons_of(told))), shown(buttons))
    if not change:
        print(f"{account.id} 的菜单已经和 {_FILE} 一样")
        return FINE
    _print(change)
    if dry_run:
        print("只看差别，没有推")
        return FINE
    _confirm(account, yes=yes)
    _keep(read, account, told)
    ask(read, account, MakeMenu(buttons=buttons))
    print(f"推好了：{len(buttons)} 个一级菜单。顾客的手机几分钟后才换新，重新关注立刻看到")
    return FINE


def save(home: Path, wanted: str) -> int:
    """Keep the account's menu as it is now, unless one is kept already. Repeating is safe."""
    read, account = _opened(home, wanted)
    told = ask(read, account, ReadShownMenu()) or {}
    path = before.kept_file(read.folder, account.id, "menu")
    written = _keep(read, account, told)
    print(f"存好了：{path}" if written else f"{path} 已经有了，没有动它")
    return FINE


def _opened(home: Path, wanted: str) -> tuple[Home, OaAccount]:
    read = open_home(home, with_rules=False)
    return read, official(read, wanted)


def _now(read: Home, account: OaAccount) -> list[str]:
    told = ask(read, account, ReadShownMenu()) or {}
    return list(lines(before.buttons_of(told)))


def _refuse_wrong(read: Home) -> None:
    problems = [one for one in read.errors if one.file == _FILE]
    found = [*map(str, problems), *(wrongs(read.content.menu) if not problems else ())]
    if found:
        show_problems(found)
        stop(f"{_FILE} 有错，什么都没有推")


def _keep(read: Home, account: OaAccount, told: Mapping[str, Any]) -> bool:
    path = before.kept_file(read.folder, account.id, "menu")
    try:
        return before.keep(path, told)
    except OSError as trouble:
        stop(f"{path} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间")


def _confirm(account: OaAccount, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        stop("没有推：要推请加 --yes，只看差别请加 --dry-run", USAGE)
    print(f"推到公众号 {account.id} 吗？输入 y 回车：", end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
        stop("没有推")


def _print(told: Sequence[str]) -> None:
    for line in told:
        print(f"  {line}")
