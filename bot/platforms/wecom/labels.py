"""WeCom corp tags: finds or makes the platform's id of a label (customer-contact.md 4)."""

from collections.abc import Iterable

from bot.actions import Receipt, State
from bot.platforms.call import ask
from bot.platforms.port import Port
from bot.platforms.receipts import soon
from bot.platforms.wecom.api.corp_tags import NAME_CHARS, AddCorpTags, ListCorpTags, TagGroup


def group_and_name(label: str) -> tuple[str, str]:
    """Split one of our tags into the platform's tag group and tag, each at most 30 characters.

    >>> group_and_name("门店/S012")
    ('门店', 'S012')
    >>> group_and_name("老客")
    ('店小二', '老客')
    """
    group, slash, name = label.partition("/")
    if not slash:
        group, name = "店小二", label
    return group[:NAME_CHARS], name[:NAME_CHARS]


async def label_ids(
    names: tuple[str, ...], port: Port, attempts: int
) -> tuple[dict[str, str], Receipt | None]:
    """Return the ids of `names`, made where missing, or the receipt that says why not.

    Repeating is safe: the list is read before anything is made.
    """
    ids = dict(await port.labels.known(port.account, names))
    if all(name in ids for name in names):
        return ids, None
    listed = await ask(port, ListCorpTags(), attempts)
    if listed.value is None:
        return ids, listed.receipt
    ids |= _found(listed.value, names)
    for name in names:
        if name in ids:
            continue
        group, tag = group_and_name(name)
        made = await ask(port, AddCorpTags(group=group, names=(tag,)), attempts)
        if made.value is None:
            return ids, made.receipt
        ids |= _found((made.value,), names)
    await port.labels.learn(port.account, {n: ids[n] for n in names if n in ids})
    if missing := [n for n in names if n not in ids]:
        meaning = f"标签 {missing[0]} 尚不可见"
        return ids, Receipt(state=State.READY, meaning=meaning, retry_s=soon(attempts))
    return ids, None


def _found(groups: Iterable[TagGroup], names: tuple[str, ...]) -> dict[str, str]:
    there = {
        (group.name, tag.name): tag.id for group in groups for tag in group.tags if not tag.deleted
    }
    return {n: there[group_and_name(n)] for n in names if group_and_name(n) in there}
