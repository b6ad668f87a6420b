"""Phone numbers as names of a member: one spelling, and of that only a keyed hash is kept."""

import hashlib
import hmac
import re
import unicodedata

_BETWEEN = re.compile(r"[\s()\-·.\u200b-\u200f\u202a-\u202e\ufeff]+")
_HOME = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
_ABROAD = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")


def phone_value(instance_key: bytes, number: str) -> str:
    """Return the keyed hash that a phone number is known by, the same for every way to write it.

    Spaces, hyphens, full-width digits and +86 make no difference; a number of another country needs
    its +. Raises ValueError for what is no mobile number; its text never repeats the number.

    >>> phone_value(b"key", "138 0000-0001") == phone_value(b"key", "＋８６13800000001")
    True
    """
    return hmac.new(instance_key, b"phone\0" + _one_spelling(number), hashlib.sha256).hexdigest()


def _one_spelling(number: str) -> bytes:
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", number))
    if "*" in plain:
        raise ValueError("手机号打了码，认不出是谁：请给完整的号码，或改用会员卡号")
    if home := _HOME.fullmatch(plain):
        return b"+86" + home[1].encode()
    if (abroad := _ABROAD.fullmatch(plain)) and not abroad[1].startswith("86"):
        return b"+" + abroad[1].encode()
    raise ValueError("不是手机号：应为 11 位、1 开头；境外号码写 + 和国家代码")
