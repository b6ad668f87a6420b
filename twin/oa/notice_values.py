"""What the typed fields of a notice may hold, by the beginning of their key (oa/api.md 7)."""

import re
from collections.abc import Mapping

from twin.host import Denied
from twin.shape import Json, record, text
from twin.world import NoticeTemplate

# The type of a key, "thing" of thing12 -> what its whole value looks like.
_FITS: Mapping[str, re.Pattern[str]] = {
    "thing": re.compile(r"(?s).{1,20}"),
    "character_string": re.compile(r"[!-~ ]{1,32}"),
    "phone_number": re.compile(r"[0-9+() -]{1,17}"),
    "car_number": re.compile(r".{1,8}"),
    "const": re.compile(r".{1,20}"),
    "number": re.compile(r"[0-9.]{1,32}"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "amount": re.compile(r"[^\d\s]?\d{1,10}(\.\d{1,2})?元?"),
    "date": re.compile(r"(?=.*\d).{1,32}"),
    "time": re.compile(r"(?=.*\d).{1,32}"),
}
_TYPE = re.compile(r"[a-z_]+")


def values_of(template: NoticeTemplate, args: Json, who: str) -> dict[str, str]:
    """Return the value of every key of the template; other keys are ignored.

    Raises Denied 47003, which names the first field that is missing or does not fit its type.
    """
    given = record(args, "data")
    found = {key: text(record(given, key), "value", "") for key in template.keys}
    for key, value in found.items():
        if not fits(key, value):
            raise Denied(47003, f"argument invalid! data.{key}.value invalid", who)
    return found


def fits(key: str, value: str) -> bool:
    """Tell whether a value is one for this key; of an unknown type only that it is not empty.

    >>> fits("thing1", "良渚店"), fits("thing1", "长" * 21), fits("amount2", "¥12.50")
    (True, False, True)
    """
    kind = _TYPE.match(key)
    pattern = _FITS.get(kind[0].rstrip("_")) if kind else None
    return bool(pattern.fullmatch(value)) if pattern else bool(value)
