"""Whether the console's own welcome takes ours away: contacts then come without a welcome code."""

from collections.abc import Iterator
from datetime import timedelta

from bot.clock import micros_of
from bot.db.location import Location
from bot.errors import Refused
from bot.events import ContactAdded
from bot.platforms.wecom import gate
from commands.doctor import pages
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.records import contacts_of

_CHECK = "welcome"
_LOOKS_BACK = timedelta(days=7)


def of_welcomes(case: Case, database: Location) -> Finding:
    """Return who of the staff got contacts without a welcome code (wecom/customer-contact.md 2).

    No API tells of the console's welcome, so the newest contact of each employee does. Raises
    DatabaseTrouble.
    """
    newest: dict[str, bool] = {}
    for one in _added(case, database):
        newest.setdefault(one.staff, bool(one.welcome_code))
    if not newest:
        return case.skipped(
            _CHECK, f"{_LOOKS_BACK.days} 天内没有新加的好友，看不出后台设没设欢迎语"
        )
    without = sorted(staff for staff, has_code in newest.items() if not has_code)
    if not without:
        return case.ok(_CHECK, f"{len(newest)} 位导购新加的好友都带 WelcomeCode")
    return case.warn(
        _CHECK,
        f"导购 {'、'.join(without)} 最近加的好友没有带 WelcomeCode：后台多半给他们设了欢迎语，"
        "店小二的欢迎语发不出",
        f"到{pages.WELCOMES}，删掉用于这些成员的欢迎语；别的应用也能抢先欢迎，一并看看",
    )


def _added(case: Case, database: Location) -> Iterator[ContactAdded]:
    since_us = case.clock() - micros_of(_LOOKS_BACK)
    for one in contacts_of(database, case.account.id, since_us):
        try:
            event = gate.decode(case.account.id, case.account.scope, one.body)
        except Refused:
            continue
        if isinstance(event, ContactAdded) and not event.half:
            yield event
