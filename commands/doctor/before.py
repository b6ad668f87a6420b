"""What an Official Account had in its console, kept before our callback turns it off."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.platforms.oa.api.console import ReadAutoReplies, ReadShownMenu
from bot.platforms.oa.api.menu import NO_MENU, ReadMenus
from bot.platforms.wire import Answer
from commands.doctor.answers import words
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.tokens import Api
from config.whole import write_whole

FOLDER = "before"


async def of_auto_replies(case: Case, api: Api) -> Finding:
    """Return which automatic replies stop once the callback is on; they are saved, once."""
    check = "auto_reply"
    answer = await api.ask(ReadAutoReplies())
    if answer.code != 0 or answer.body is None:
        return case.skipped(
            check, f"读不到后台的自动回复：{words(case, ReadAutoReplies.api, answer)}"
        )
    count = _replies(answer.body)
    if not count:
        return case.ok(check, "后台没有自动回复")
    kept = _keep(case, "autoreply", answer)
    if not _on(answer.body, "is_autoreply_open") and not _on(
        answer.body, "is_add_friend_reply_open"
    ):
        return case.ok(check, f"后台的 {count} 条自动回复已停用，原样存在 {kept}")
    return case.warn(
        check,
        f"启用服务器配置后，后台的这 {count} 条自动回复会停用；已原样存到 {kept}",
        f"要接着用：python run.py rules import --from-account {case.account.id} "
        f"--home {case.home}，变成店小二的规则",
    )


async def of_menu(case: Case, api: Api) -> Finding:
    """Return whether a menu made in the console stops once the callback is on; saved, once."""
    check = "menu"
    answer = await api.ask(ReadShownMenu())
    if answer.code != 0 or answer.body is None:
        return case.skipped(check, f"读不到现在的菜单：{words(case, ReadShownMenu.api, answer)}")
    buttons = buttons_of(answer.body)
    if not buttons:
        return case.ok(check, "现在没有菜单；写好 menu.yaml 后 menu push")
    kept = _keep(case, "menu", answer)
    count = len(buttons)
    by_api = await api.ask(ReadMenus())
    if by_api.code == 0:
        return case.ok(check, f"现在的菜单（{count} 个一级）是接口推的，不受影响；原样存在 {kept}")
    if by_api.code == NO_MENU and not _on(answer.body, "is_menu_open"):
        return case.ok(check, f"后台的菜单（{count} 个一级）已停用，原样存在 {kept}")
    return case.warn(
        check,
        f"启用服务器配置后，后台的菜单（{count} 个一级）会停用；已原样存到 {kept}",
        f"要接着用：照着写进 menu.yaml，再 python run.py menu push --account {case.account.id} "
        f"--home {case.home}",
    )


def kept_file(home: Path, account: str, what: str) -> Path:
    """Return where a home keeps what an account had: `what` is autoreply or menu."""
    return home / FOLDER / f"{account}-{what}.json"


def keep(path: Path, body: Mapping[str, Any]) -> bool:
    """Write what an account had unless it is kept already; True when it was written now.

    Raises OSError.
    """
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode())
    return True


def buttons_of(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the first-level buttons of a menu as the platform tells it."""
    told = body.get("selfmenu_info")
    listed = told.get("button") if isinstance(told, dict) else None
    return [one for one in listed or () if isinstance(one, dict)]


def _keep(case: Case, what: str, answer: Answer) -> str:
    path = kept_file(case.home, case.account.id, what)
    try:
        keep(path, answer.body or {})
    except OSError as trouble:
        return f"{path}（没写成：{trouble.strerror}）"
    return str(path)


def _replies(body: Mapping[str, Any]) -> int:
    rules = body.get("keyword_autoreply_info")
    listed = rules.get("list") if isinstance(rules, dict) else None
    single = ("add_friend_autoreply_info", "message_default_autoreply_info")
    return len(listed or ()) + sum(bool(body.get(name)) for name in single)


def _on(body: Mapping[str, Any], name: str) -> bool:
    return str(body.get(name, 0)) == "1"
