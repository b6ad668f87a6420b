"""Reads the callbacks about service notices (oa/replies-and-messages.md section 3).

A list in them is repeated elements in XML, and one object or an array in JSON.
"""

import re
from collections.abc import Mapping

from bot.events import (
    Consent,
    ConsentAnswered,
    ConsentChanged,
    Event,
    Subscribed,
    SubscriptionReported,
    TemplateReported,
)
from bot.platforms.happening import Fields
from bot.platforms.oa.common import Common

_ITEM = re.compile(r"[a-z]+\.list((?:\[[0-9]+\])*)\.([a-z]+)")
_STATUS = "subscribestatusstring"
_SUCCESS, _BLOCKED = "success", "failed:user block"
_FAILED = re.compile(r"^failed:\s*")


def template_reported(fields: Fields, common: Common) -> Event | None:
    """The report of a template message, None when it names none."""
    msgid, status = fields.id("MsgID"), fields.get("Status").lower()
    if not msgid or not status:
        return None
    if status.startswith(_SUCCESS):
        failure = ""
    elif status.startswith(_BLOCKED):
        failure = "block"
    else:
        failure = _FAILED.sub("", status)
    return TemplateReported(msgid=msgid, failure=failure, **common)


def consent_answered(_fields: Fields, common: Common) -> Event | None:
    """The answers to one question, None when there are none."""
    consents = _consents(common["fields"])
    return ConsentAnswered(consents=consents, **common) if consents else None


def consent_changed(_fields: Fields, common: Common) -> Event | None:
    """What was switched, None when nothing was."""
    consents = _consents(common["fields"])
    return ConsentChanged(consents=consents, **common) if consents else None


def subscription_reported(_fields: Fields, common: Common) -> Event | None:
    """The reports of subscription notices, None when there are none."""
    notices = tuple(
        Subscribed(
            template=one["templateid"],
            msgid=one.get("msgid", ""),
            code=_code(one),
            failure=one.get("errorstatus", ""),
        )
        for one in _items(common["fields"])
    )
    return SubscriptionReported(notices=notices, **common) if notices else None


def _consents(leaf_texts: Mapping[str, str]) -> tuple[Consent, ...]:
    # A word other than accept allows nothing.
    answers = [(one["templateid"], one.get(_STATUS, "")) for one in _items(leaf_texts)]
    return tuple(
        Consent(template=template, given=said.lower() == "accept")
        for template, said in answers
        if said
    )


def _items(leaf_texts: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    """The items of the list, in the order sent; one without a template is left out."""
    found: dict[str, dict[str, str]] = {}
    for path, text in leaf_texts.items():
        if item := _ITEM.fullmatch(path.lower().replace("_", "")):
            found.setdefault(item[1], {}).setdefault(item[2], text.strip())
    return tuple(one for one in found.values() if one.get("templateid"))


def _code(item: Mapping[str, str]) -> int:
    code, said = item.get("errorcode", ""), item.get("errorstatus", "").lower()
    if code.lstrip("-").isdecimal():
        return int(code)
    return 0 if said in ("", _SUCCESS) else -1
