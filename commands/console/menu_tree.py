"""A menu as lines to compare, and as buttons to push."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import ndiff
from typing import Any
from urllib.parse import urlsplit

from bot.platforms.oa.api.menu import MenuButton
from config.nouns import MenuEntry

FOREIGN_HOSTS = 3  # oa/api.md section 6: 65316


def buttons_of(entries: Sequence[MenuEntry]) -> tuple[MenuButton, ...]:
    """Return menu.yaml as the buttons that the platform takes.

    >>> [button.body() for button in buttons_of([MenuEntry(name="领券", key="coupon")])]
    [{'name': '领券', 'type': 'click', 'key': 'coupon'}]
    """
    return tuple(_button(entry) for entry in entries)


def _button(entry: MenuEntry) -> MenuButton:
    if entry.entries:
        return MenuButton(name=entry.name, below=buttons_of(entry.entries))
    if entry.url:
        return MenuButton(name=entry.name, type="view", url=entry.url)
    return MenuButton(name=entry.name, type="click", key=entry.key)


def shown(buttons: Sequence[MenuButton]) -> list[str]:
    """Return our own menu one entry a line."""
    return list(lines([button.body() for button in buttons]))


def wrongs(entries: Sequence[MenuEntry]) -> Iterator[str]:
    """Yield what the platform would refuse of a menu whose numbers and lengths are right."""
    if not entries:
        yield "menu.yaml 里没有菜单：要清空菜单请到公众平台后台"
    leaves = [leaf for entry in entries for leaf in (entry.entries or (entry,))]
    for leaf in leaves:
        if leaf.url and urlsplit(leaf.url).scheme not in ("http", "https"):
            yield f"「{leaf.name}」的 url 要以 https:// 或 http:// 开头"
    hosts = {urlsplit(leaf.url).hostname for leaf in leaves if leaf.url} - {None}
    foreign = sorted(str(host) for host in hosts if not str(host).endswith("weixin.qq.com"))
    if len(foreign) > FOREIGN_HOSTS:
        yield f"菜单里的网址最多来自 {FOREIGN_HOSTS} 个域名，现有 {'、'.join(foreign)}"


def lines(buttons: Sequence[Mapping[str, Any]], above: str = "") -> Iterator[str]:
    """Yield a menu one entry a line, as the platform takes or tells it.

    >>> list(lines([{"name": "店", "sub_button": {"list": [{"name": "址", "type": "view"}]}}]))
    ['店 / 址 → view ']
    """
    for button in buttons:
        name = f"{above}{button.get('name', '')}"
        below = button.get("sub_button")
        listed = below.get("list") if isinstance(below, Mapping) else below
        if listed:
            yield from lines(listed, f"{name} / ")
            continue
        value = button.get("key") or button.get("url") or button.get("value") or ""
        yield f"{name} → {button.get('type', '')} {value}"


def difference(now: Sequence[str], then: Sequence[str]) -> list[str]:
    """Return what changes from one menu to another: `- ` goes, `+ ` comes; empty when nothing.

    >>> difference(["甲", "乙"], ["甲", "丙"])
    ['- 乙', '+ 丙']
    """
    return [line for line in ndiff(now, then) if line.startswith(("- ", "+ "))]
