"""WeCom corp tags: finds or makes the platform's id of a label (customer-contact.md 4)."""

from typing import Any

from bot.actions import Receipt, State
from bot.platforms.port import Port

_LIST = "/cgi-bin/externalcontact/get_corp_tag_list"
_ADD = "/cgi-bin/externalcontact/add_corp_tag"
_NAME_CHARS = 30


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
    return group[:_NAME_CHARS], name[:_NAME_CHARS]


async def label_ids(
    names: tuple[str, ...], port: Port, attempts: int
) -> tuple[dict[str, str], Receipt | None]:
    """Return the ids of `names`, made where missing, or the receipt that says why not.

    Repeating is safe: the list is read before anything is made.
    """
    ids = dict(await port.labels.known(port.account, names))
    if all(name in ids for name in names):
        return ids, None
    answer = await port.call("POST", _LIST, {})
    receipt = port.receipt(_LIST, answer, attempts=attempts, repeatable=True)
    if receipt.state is not State.DONE:
        return ids, receipt
    ids |= _found((answer.body or {}).get("tag_group"), names)
    for name in names:
        if name in ids:
            continue
        group, tag = group_and_name(name)
        made = await port.call("POST", _ADD, {"group_name": group, "tag": [{"name": tag}]})
        receipt = port.receipt(_ADD, made, attempts=attempts, repeatable=True)
        if receipt.state is not State.DONE:
            return ids, receipt
        ids |= _found([(made.body or {}).get("tag_group")], names)
    await port.labels.learn(port.account, {n: ids[n] for n in names if n in ids})
    if missing := [n for n in names if n not in ids]:
        return ids, Receipt(state=State.READY, meaning=f"标签 {missing[0]} 尚不可见", retry_s=1)
    return ids, None


def _found(groups: Any, names: tuple[str, ...]) -> dict[str, str]:
    there = {
        (str(g.get("group_name")), str(t.get("name"))): str(t.get("id"))
        for g in groups or []
        if isinstance(g, dict)
        for t in g.get("tag") or []
        if not t.get("deleted")
    }
    return {n: there[group_and_name(n)] for n in names if group_and_name(n) in there}
