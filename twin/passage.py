"""What happens to a callback before it leaves: kept back, or stamped by a clock that is off."""

import re

from twin.oa.console_answers import console_answers
from twin.stage import Happening, Stage
from twin.world import OaAccount

# In XML, and in JSON, where no text inside can imitate them: its quotes are escaped.
_EVENT = (re.compile(r"<Event><!\[CDATA\[(\w+)\]\]>"), re.compile(r'"Event": "(\w+)"'))
_KF = (re.compile(r"<OpenKfId><!\[CDATA\[(.*?)\]\]>"), re.compile(r'"OpenKfId": "(.*?)"'))
_STAMP = (re.compile(r"(?<=<CreateTime>)\d+"), re.compile(r'(?<="CreateTime": )\d+'))
_CONTACT_EVENTS = "change_external_"


def stamp(stage: Stage, happening: Happening) -> None:
    """Write the CreateTime that a platform whose clock is off would write."""
    skew_s = stage.plants.skew_s(happening.account.id)
    if skew_s:
        stamps = _STAMP[_in_json(happening)]
        inner = stamps.sub(lambda found: str(int(found[0]) + skew_s), happening.inner)
        happening.inner = inner


def keep_back(stage: Stage, happening: Happening) -> str:
    """Say why a callback is not sent at all, "" when it is.

    While an Official Account has no callback, its console answers people in place of a bot.
    """
    account = happening.account.id
    if isinstance(happening.account, OaAccount) and account not in stage.callbacks:
        for seen in console_answers(stage, happening):
            stage.show(happening.who, seen)
        return "unwired"
    form, inner = _in_json(happening), happening.inner
    event, kf = _EVENT[form].search(inner), _KF[form].search(inner)
    contact = event is not None and event[1].startswith(_CONTACT_EVENTS)
    if contact and stage.plants.first(account, "not_customer_contact_app"):
        return "not_customer_contact_app"
    if kf and stage.plants.kf_unmanaged(account, kf[1]):
        return "kf_unmanaged"
    return ""


def _in_json(happening: Happening) -> bool:
    return happening.inner.startswith("{")
