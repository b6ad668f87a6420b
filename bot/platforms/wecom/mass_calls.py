"""Mass messages 企业群发: actions → receipts (wecom/customer-contact.md section 5.4)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.actions import CancelMass, MakeMass, ReadMass, Receipt, RemindMass, Remote, State
from bot.events import Event, MassMade, MassRead, MassResult
from bot.platforms.call import ask, every_page
from bot.platforms.fitting import fitting
from bot.platforms.media import GONE, NoPicture, kept, picture
from bot.platforms.port import Port
from bot.platforms.wecom.api.mass import (
    TEXT_BYTES,
    AddMassTask,
    CancelTask,
    ListMassResults,
    ListMassSenders,
    NudgeSenders,
)
from bot.platforms.wecom.mass_again import made_before, name_of_task

_TITLE_BYTES = 128
_STOPPED = 41093
_LOST = "群发任务已交给平台，但没有应答；平台的群发列表里分不清是哪一条"
_NAMELESS = "平台收下了群发任务，却没有给出它的编号，不知道是哪一条"
Attachments = tuple[Mapping[str, Any], ...]


async def make(action: MakeMass, port: Port, attempts: int) -> Receipt:
    """Make a task, once: a second try first looks whether the first one came through.

    Where the platform's list cannot tell, the outcome is unknown and nothing is repeated.
    """
    if attempts > 1:
        found = await made_before(action, port, attempts)
        if isinstance(found, Receipt):
            return found
        if len(found) > 1:
            return Receipt(state=State.UNKNOWN, meaning=_LOST)
        if found:
            made = MassMade(
                account=port.account, mass=action.mass, part=action.part, msgid=found[0]
            )
            return Receipt(
                state=State.DONE, code=0, meaning="先前一次已建成，没有重复建", events=(made,),
                remember={name_of_task(made.msgid): port.effect},
            )  # fmt: skip
    receipt = await _make(action, port, attempts)
    if receipt.code == GONE and action.letter.images:
        receipt = await _make(action, port, attempts, anew=True)
    return _refused(action, port, receipt)


async def _make(action: MakeMass, port: Port, attempts: int, *, anew: bool = False) -> Receipt:
    attachments, remember = await _attachments(action, port, attempts, anew=anew)
    if isinstance(attachments, Receipt):
        return attachments
    receipt = await _ask(action, port, attempts, attachments)
    return replace(receipt, remember={**receipt.remember, **remember})


async def _ask(action: MakeMass, port: Port, attempts: int, attachments: Attachments) -> Receipt:
    told = await ask(
        port,
        AddMassTask(
            staff=action.staff,
            customers=() if action.groups else action.receivers,
            groups=action.receivers if action.groups else (),
            text=fitting(action.letter.text, TEXT_BYTES),
            attachments=attachments,
        ),
        attempts,
    )
    receipt = told.receipt
    if receipt.state is State.UNKNOWN:
        return replace(
            receipt, state=State.READY,
            meaning="建群发任务没有应答；稍后先读平台的群发列表，再决定要不要重建",
        )  # fmt: skip
    if told.value is None:
        return receipt
    if not told.value.msgid:
        return replace(receipt, state=State.UNKNOWN, meaning=_NAMELESS)
    made = MassMade(
        account=port.account, mass=action.mass, part=action.part, msgid=told.value.msgid,
        refused=told.value.failed,
    )  # fmt: skip
    return replace(receipt, events=(made,), remember={name_of_task(made.msgid): port.effect})


def _refused(action: MakeMass, port: Port, receipt: Receipt) -> Receipt:
    """Return the receipt of a task that was not made, with the news if it never will be."""
    if receipt.state is not State.FAILED:
        return receipt
    told = MassMade(
        account=port.account, mass=action.mass, part=action.part, trouble=receipt.meaning
    )
    return replace(receipt, events=(told,))


async def _attachments(
    action: MakeMass, port: Port, attempts: int, *, anew: bool
) -> tuple[Attachments | Receipt, Mapping[str, str]]:
    """Return the attachments as the platform writes them, or what went wrong with a picture."""
    letter, found, remember = action.letter, list[Mapping[str, Any]](), dict[str, str]()
    for name in letter.images:
        try:
            file = picture(port.media, name)
        except NoPicture as missing:
            return Receipt(state=State.FAILED, meaning=str(missing)), remember
        stored = await kept(port, file, attempts, anew=anew)
        if isinstance(stored, Receipt):
            return stored, remember
        remember |= stored.remember
        found.append({"msgtype": "image", "image": {"media_id": stored.media_id}})
    if letter.link:
        card = {"title": fitting(letter.title, _TITLE_BYTES), "url": letter.link}
        found.append({"msgtype": "link", "link": card})
    return tuple(found), remember


async def read(action: ReadMass, port: Port, attempts: int) -> Receipt:
    """Read who confirmed and what became of the receivers; one event a page."""
    tapped, tapped_s = False, 0
    async for senders in every_page(port, ListMassSenders(msgid=action.msgid), attempts):
        if not senders.done:
            return senders.receipt
        for one in senders.rows:
            if one.staff == action.staff and one.tapped:
                tapped, tapped_s = True, one.at
    when_s = (tapped_s or port.clock() // 1_000_000) if tapped else 0
    pages: list[Event] = []
    results = ListMassResults(msgid=action.msgid, staff=action.staff)
    receipt = Receipt(state=State.DONE, code=0)
    async for page in every_page(port, results, attempts):
        if not page.done:
            return page.receipt
        receipt = page.receipt
        told = tuple(
            MassResult(receiver=one.receiver, status=one.status, at=one.at) for one in page.rows
        )
        pages.append(
            MassRead(
                account=port.account,
                mass=action.mass,
                part=action.part,
                tapped=when_s,
                results=told,
            )
        )
    return replace(receipt, events=tuple(pages))


async def remind(action: RemindMass, port: Port, attempts: int) -> Receipt:
    """Remind the employees of a task who have not confirmed."""
    return (await ask(port, NudgeSenders(msgid=action.msgid), attempts)).receipt


async def cancel(action: CancelMass, port: Port, attempts: int) -> Receipt:
    """Take a task back; one that was taken back before is done."""
    receipt = (await ask(port, CancelTask(msgid=action.msgid), attempts)).receipt
    if receipt.code == _STOPPED:
        return replace(receipt, state=State.DONE, meaning="先前已取消")
    return receipt


MASS_PERFORMERS: Mapping[type[Remote], Callable[[Any, Port, int], Awaitable[Receipt]]] = {
    MakeMass: make,
    ReadMass: read,
    RemindMass: remind,
    CancelMass: cancel,
}
