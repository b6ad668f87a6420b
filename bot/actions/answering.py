"""By which effect words reach the employee whom an event is about."""

from datetime import datetime, timedelta

from bot.actions.action import Remote
from bot.actions.staff import AnswerBot, SendApp
from bot.events import BotAsked, BotEntered, Event, StaffSaid

_ADDRESS_LIVES = timedelta(hours=1)  # a response_url (wecom/apps-and-bots.md section 4.4)
_GREETING_LIVES = timedelta(seconds=20)  # the callback and its retries; there is no other way


def to_staff(event: Event, text: str, rule: str, now: datetime) -> tuple[Remote, ...]:
    """Return the effect that carries `text` to the employee of an event; none for any other."""
    match event:
        case StaffSaid():
            return (SendApp(account=event.account, staff=event.staff, text=text, rule=rule),)
        case BotAsked():
            url, lives = event.response_url, _ADDRESS_LIVES
        case BotEntered():
            url, lives = "", _GREETING_LIVES
        case _:
            return ()
    answer = AnswerBot(
        account=event.account,
        staff=event.staff,
        text=text,
        response_url=url,
        deadline=now + lives,
        rule=rule,
    )
    return (answer,)
