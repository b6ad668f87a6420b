"""What rules send along with words: menus, links, and the pictures of a home's media folder."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.fit import MENU_LINES
from bot.platforms.media import NoPicture, picture
from config.problems import Place, Problem
from keyword_rules.rule import Rule, Step

MEDIA = "media"
LINE_BYTES = 128  # wecom/kf.md section 5, like the two below
URL_BYTES = 2048
TITLE_BYTES = 128

_AS_WRITTEN = ("menu", "link", "link_title")
_SLOT = re.compile(r"(?<!\{)\{[a-z_]\w*(?:\|[^{}]*)?\}")


def wrong_extras(rules: Iterable[Rule], folder: Path) -> Iterator[Problem]:
    """Yield what no customer could use: long menus, odd links, pictures not in `folder`."""
    for rule in rules:
        for number, step in enumerate(rule.do):
            place = Place(rule.file, *rule.place_of(number))
            for what in (*_slots(step), *_menu(step), *_link(step), *_image(step, folder)):
                yield place.problem(f"规则 {rule.id} 的 {what}")


def _slots(step: Step) -> Iterator[str]:
    """Slots are filled in texts alone: here the customer would read the name of one."""
    for name in _AS_WRITTEN:
        said = " ".join(_listed(step, name))
        if found := _SLOT.search(said):
            yield f"{name} 里不能用变量，{found.group()} 会照原样发出去"


def _listed(step: Step, name: str) -> tuple[str, ...]:
    said = step.args.get(name, ())
    return said if isinstance(said, tuple) else (str(said),)


def _menu(step: Step) -> Iterator[str]:
    lines = _listed(step, "menu")
    if len(lines) > MENU_LINES:
        yield f"menu 有 {len(lines)} 行，最多 {MENU_LINES} 行"
    for line in lines:
        if len(line.encode()) > LINE_BYTES:
            yield f"menu 有一行超过 {LINE_BYTES} 字节（约 42 个汉字）：{line[:12]}…"
    if len(set(lines)) < len(lines):
        yield "menu 有重复的行"


def _link(step: Step) -> Iterator[str]:
    link, title = str(step.args.get("link", "")), str(step.args.get("link_title", ""))
    if link and not link.startswith(("https://", "http://")):
        yield f"link 应为 https:// 开头的网址，现在是 {link[:40]}"
    if len(link.encode()) > URL_BYTES:
        yield f"link 超过 {URL_BYTES} 字节"
    if link and not title:
        yield "link 还要有 link_title，卡片上没有标题顾客看不出是什么"
    if title and not link:
        yield "link_title 没有对应的 link"
    if len(title.encode()) > TITLE_BYTES:
        yield f"link_title 超过 {TITLE_BYTES} 字节（约 42 个汉字）"


def _image(step: Step, folder: Path) -> Iterator[str]:
    if name := str(step.args.get("image", "")):
        try:
            picture(folder, name)
        except NoPicture as trouble:
            yield f"image 用不了：{trouble}"
