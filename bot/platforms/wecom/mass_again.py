"""Finds the task that an earlier try made whose answer never came (customer-contact.md 5.4).

The platform's list names neither employee nor receivers: both are asked for each task of the same
words made since. Only a task that can be no other is taken for ours, and none that we know to be
another message's.
"""

from bot.actions import MakeMass, Receipt, State
from bot.platforms.call import every_page
from bot.platforms.fitting import fitting
from bot.platforms.port import Port
from bot.platforms.wecom.api.mass import (
    TEXT_BYTES,
    ListedTask,
    ListMassResults,
    ListMassSenders,
    ListMassTasks,
)

_CLOCKS_DIFFER_S = 600
_LIST_SPAN_S = 30 * 86_400  # at most a month
_UNREADABLE = "群发列表读不出来，不知道先前一次有没有建成"


def name_of_task(msgid: str) -> str:
    """Return under which name an account remembers the effect that a task was made by."""
    return f"mass_task:{msgid}"


async def made_before(action: MakeMass, port: Port, attempts: int) -> tuple[str, ...] | Receipt:
    """Return the platform's names of the tasks that may be this one; a receipt when it is silent.

    None of them: it was never made. More than one: nobody can tell. Reading may be repeated, but
    where it is refused for good, whether the task was made stays unknown.
    """
    begin = action.asked - _CLOCKS_DIFFER_S
    now_s = port.clock() // 1_000_000 + _CLOCKS_DIFFER_S
    call = ListMassTasks(begin=begin, end=min(now_s, begin + _LIST_SPAN_S), groups=action.groups)
    found: list[str] = []
    async for page in every_page(port, call, attempts):
        if not page.done:
            return _silent(page.receipt)
        for task in page.rows:
            if not _same_words(action, task) or await _of_another(task, port):
                continue
            ours = await _ours(action, task, port, attempts)
            if isinstance(ours, Receipt):
                return ours
            found += [task.msgid] if ours else []
    return tuple(found)


async def _of_another(task: ListedTask, port: Port) -> bool:
    known = await port.memory.recall(port.account, name_of_task(task.msgid))
    return known not in ("", port.effect)


def _same_words(action: MakeMass, task: ListedTask) -> bool:
    letter = action.letter
    attached = len(letter.images) + bool(letter.link)
    # A list that tells of no attachments contradicts nothing.
    said = fitting(letter.text, TEXT_BYTES)
    # Nobody promises that line ends and outer spaces come back as they were sent.
    return task.text.split() == said.split() and task.attachments in (0, attached)


async def _ours(action: MakeMass, task: ListedTask, port: Port, attempts: int) -> bool | Receipt:
    """Tell whether a task is this employee's, to these receivers as far as the platform says."""
    async for page in every_page(port, ListMassSenders(msgid=task.msgid), attempts):
        if not page.done:
            return _silent(page.receipt)
        if any(one.staff != action.staff for one in page.rows):
            return False
    wanted = frozenset(action.receivers)
    results = ListMassResults(msgid=task.msgid, staff=action.staff)
    async for told in every_page(port, results, attempts):
        if not told.done:
            return _silent(told.receipt)
        if any(one.receiver not in wanted for one in told.rows):
            return False
    return True


def _silent(receipt: Receipt) -> Receipt:
    if receipt.state is State.FAILED:
        return Receipt(
            state=State.UNKNOWN, code=receipt.code, meaning=f"{_UNREADABLE}：{receipt.meaning}"
        )
    return receipt
