"""Reads menu.yaml: the menu at the foot of an Official Account's chat (oa/api.md)."""

from config.fields import Fields
from config.nouns import MenuEntry

TOP_ENTRIES = 3
SUB_ENTRIES = 5
TOP_NAME_BYTES = 16
SUB_NAME_BYTES = 60
KEY_BYTES = 128
URL_BYTES = 1024


def menu(fields: Fields) -> tuple[MenuEntry, ...]:
    """Read the menu: at most 3 entries, each with a key, a link, or at most 5 entries below it."""
    tops = fields.nested("entries")
    if len(tops) > TOP_ENTRIES:
        fields.refuse("entries", f"一级菜单最多 {TOP_ENTRIES} 个，现为 {len(tops)} 个")
    return tuple(_top(top) for top in tops)


def _top(fields: Fields) -> MenuEntry:
    subs = fields.nested("entries")
    if len(subs) > SUB_ENTRIES:
        fields.refuse("entries", f"二级菜单最多 {SUB_ENTRIES} 个，现为 {len(subs)} 个")
    below = tuple(_entry(sub, SUB_NAME_BYTES, ()) for sub in subs)
    return _entry(fields, TOP_NAME_BYTES, below)


def _entry(fields: Fields, name_bytes: int, below: tuple[MenuEntry, ...]) -> MenuEntry:
    entry = MenuEntry(
        name=_short(fields, "name", name_bytes),
        key=_short(fields, "key", KEY_BYTES),
        url=_short(fields, "url", URL_BYTES),
        entries=below,
    )
    if not entry.name:
        fields.refuse("name", "缺少这一项")
    if sum(map(bool, (entry.key, entry.url, below))) != 1:
        fields.refuse("key", "key、url 和下级 entries 三者要有且只有一个")
    fields.finish()
    return entry


def _short(fields: Fields, name: str, limit: int) -> str:
    value = fields.text(name)
    if (size := len(value.encode())) > limit:
        fields.refuse(name, f"{size} 字节，最多 {limit} 字节")
    return value
