"""Comparing with WeCom: questions → receipts, each answer an event (customer-contact.md 3, 5.1)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.actions import (
    AskContact,
    AskContacts,
    AskGroup,
    AskGroups,
    AskStaff,
    Receipt,
    Remote,
    State,
)
from bot.events import (
    ComparisonRefused,
    ContactShown,
    ContactsListed,
    Event,
    GroupShown,
    GroupsListed,
    Listed,
    Seat,
    StaffListed,
)
from bot.platforms.call import ask, ask_page, every_page
from bot.platforms.port import Port
from bot.platforms.wecom.api.contacts import Contact, ListStaff, ReadContact, ReadContacts
from bot.platforms.wecom.api.groups import CUSTOMER, EMPLOYEE, ListGroups, ReadChat

_NO_CONTACTS = 84061
_NOT_OURS = (_NO_CONTACTS, 84084, 40096)
_NO_SUCH_GROUP = (40050, 90501, 90509)


async def ask_staff(action: AskStaff, port: Port, attempts: int) -> Receipt:
    """Ask who may have customers."""
    told = await ask(port, ListStaff(), attempts)
    if told.value is None:
        return _refused(action, told.receipt)
    return _answered(
        told.receipt, StaffListed(account=port.account, run=action.run, staff=told.value)
    )


async def ask_contacts(action: AskContacts, port: Port, attempts: int) -> Receipt:
    """Ask for a page of an employee's contacts; one who has none has an empty list."""
    page = await ask_page(port, ReadContacts(staff=(action.staff,), cursor=action.cursor), attempts)
    empty = page.receipt.code == _NO_CONTACTS and page.receipt.state is State.FAILED
    if not page.done and not empty:
        return _refused(action, page.receipt)
    listed = ContactsListed(
        account=port.account,
        run=action.run,
        staff=action.staff,
        contacts=tuple(map(_listed, page.rows)),
        begun=action.begun,
        cursor=_further(page.cursor, action.cursor),
    )
    return _answered(replace(page.receipt, state=State.DONE), listed)


async def ask_contact(action: AskContact, port: Port, attempts: int) -> Receipt:
    """Ask whether an employee has a contact; nobody just added them, so a no is no delay."""
    receipt, there = Receipt(state=State.DONE), False
    async for page in every_page(port, ReadContact(member=action.member), attempts):
        receipt = page.receipt
        if not page.done and receipt.code not in _NOT_OURS:
            return _refused(action, receipt)
        there = there or any(
            follower.staff == action.staff for one in page.rows for follower in one.followers
        )
    shown = ContactShown(
        account=port.account, run=action.run, staff=action.staff, member=action.member,
        begun=action.begun, there=there,
    )  # fmt: skip
    return _answered(replace(receipt, state=State.DONE), shown)


async def ask_groups(action: AskGroups, port: Port, attempts: int) -> Receipt:
    """Ask for a page of the corp's customer groups, or of some owners'."""
    wanted = ListGroups(owners=action.owners, cursor=action.cursor)
    page = await ask_page(port, wanted, attempts)
    if not page.done:
        return _refused(action, page.receipt)
    listed = GroupsListed(
        account=port.account, run=action.run, chats=page.rows, owners=action.owners,
        cursor=_further(page.cursor, action.cursor),
    )  # fmt: skip
    return _answered(page.receipt, listed)


async def ask_group(action: AskGroup, port: Port, attempts: int) -> Receipt:
    """Ask who sits in a group; that there is none is an answer too."""
    told = await ask(port, ReadChat(chat=action.chat), attempts)
    shown = GroupShown(
        account=port.account,
        run=action.run,
        chat=action.chat,
        begun=action.begun,
        listed=action.listed,
    )
    if told.value is None:
        if told.receipt.state is State.FAILED and told.receipt.code in _NO_SUCH_GROUP:
            return _answered(replace(told.receipt, state=State.DONE), replace(shown, gone=True))
        return _refused(action, told.receipt)
    sitting = told.value.sitting
    seats = (
        Seat(member=one.member, unionid=one.unionid, joined=one.joined, state=one.state)
        for one in sitting
        if one.kind == CUSTOMER
    )
    shown = replace(
        shown,
        name=told.value.name,
        owner=told.value.owner,
        staff=sum(one.kind == EMPLOYEE for one in sitting),
        members=tuple(seats),
    )
    return _answered(told.receipt, shown)


def _listed(contact: Contact) -> Listed:
    follower = next(iter(contact.followers), None)
    return Listed(
        member=contact.member,
        unionid=contact.unionid,
        since=follower.added if follower else 0,
        state=follower.state if follower else "",
        labels=follower.labels if follower else (),
    )


def _further(cursor: str, before: str) -> str:
    # A platform that hands out the same cursor again has told all it has.
    return "" if cursor == before else cursor


def _answered(receipt: Receipt, event: Event) -> Receipt:
    return replace(receipt, events=(event,))


def _refused(
    action: AskStaff | AskContacts | AskContact | AskGroups | AskGroup, receipt: Receipt
) -> Receipt:
    """Return a receipt that also tells of a refusal for good; one to be tried again stays."""
    if receipt.state is not State.FAILED:
        return receipt
    told = ComparisonRefused(
        account=action.account, run=action.run, part="groups", about=_about(action),
        code=receipt.code or 0, meaning=receipt.meaning,
    )  # fmt: skip
    match action:
        case AskGroups(owners=owners):
            told = replace(told, owners=owners)
        case AskGroup(listed=listed):
            told = replace(told, listed=listed)
        case _:
            told = replace(told, part="contacts")
    return _answered(receipt, told)


def _about(action: AskStaff | AskContacts | AskContact | AskGroups | AskGroup) -> str:
    match action:
        case AskContacts(staff=staff):
            return staff
        case AskContact(staff=staff, member=member):
            return f"{staff} 的客户 {member}"
        case AskGroup(chat=chat):
            return chat
        case _:
            return ""


RECONCILE_CALLS: Mapping[type[Remote], Callable[[Any, Port, int], Awaitable[Receipt]]] = {
    AskStaff: ask_staff,
    AskContacts: ask_contacts,
    AskContact: ask_contact,
    AskGroups: ask_groups,
    AskGroup: ask_group,
}
