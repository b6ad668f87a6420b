"""Reads the names by which a system of the shop's own says who somebody is."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from bot.db.order import STRENGTH
from bot.db.phones import phone_value
from bot.events import Alias, AliasKind
from bot.shop import AccountKeys, Shop

NAMES = ("unionid", "external_userid", "oa_openid", "mp_openid", "card", "phone")
_MOST_CHARS = 128
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")  # many chains number their cards so
_NOTHING = frozenset({"无", "没有", "暂无", "未知", "null", "none", "nil", "n/a", "undefined"})
_SHAPE = '{"appid": "…", "value": "…"}'


class Wrong(ValueError):
    """A field of what we were told cannot be used; `text` says how to write it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}：{text}")
        self.field = field
        self.text = text


def names_of(fields: Mapping[str, object], shop: Shop) -> tuple[Alias, ...]:
    """Return every name among `fields`, strongest first; phones are hashed here and now.

    A name that is null or empty is none, and so is what exports write for nothing, such as 0 or
    无: taken for a name, it would make one member of everybody who has none. An Official Account
    may be named by `appid`, or by `account` as in the settings; it may be left out where there is
    only one. Raises Wrong.
    """
    readers: Mapping[str, Callable[[object], Alias]] = {
        "unionid": lambda given: Alias(AliasKind.UNIONID, "", _text("unionid", given)),
        "external_userid": lambda given: _scoped(shop, "external_userid", given),
        "oa_openid": lambda given: _scoped(shop, "oa_openid", given),
        "mp_openid": _mini_program,
        "card": lambda given: Alias(AliasKind.CARD, "", _card(shop, given)),
        "phone": lambda given: Alias(AliasKind.PHONE, "", _phone(shop, given)),
    }
    found = [readers[name](fields[name]) for name in NAMES if not _nothing(fields.get(name))]
    return tuple(sorted(found, key=lambda alias: STRENGTH.index(alias.kind)))


def _nothing(given: object) -> bool:
    value = given.get("value", given) if isinstance(given, Mapping) else given
    if not isinstance(value, str):
        return value is None
    plain = unicodedata.normalize("NFKC", value).strip("0-/ ").lower()
    return not plain or plain in _NOTHING


def _text(field: str, given: object) -> str:
    if not isinstance(given, str):
        raise Wrong(field, "应为文字，请加引号")
    value = given.strip()
    if not value or len(value) > _MOST_CHARS or not value.isprintable():
        raise Wrong(field, f"应为 1 到 {_MOST_CHARS} 个看得见的字符")
    return value


def _card(shop: Shop, given: object) -> str:
    """Return a card number; one that is a phone number is hashed as that is."""
    number = unicodedata.normalize("NFKC", _text("card", given))
    return phone_value(shop.instance_key, number) if _MOBILE.fullmatch(number) else number


def _phone(shop: Shop, given: object) -> str:
    try:
        return phone_value(shop.instance_key, _text("phone", given))
    except Wrong:
        raise
    except ValueError as wrong:
        raise Wrong("phone", str(wrong)) from None


def _mini_program(given: object) -> Alias:
    appid, value = _parts("mp_openid", given, ("appid",))
    return Alias(AliasKind.MP_OPENID, appid, value)


def _scoped(shop: Shop, kind: str, given: object) -> Alias:
    channel, scope = ("oa", "appid") if kind == "oa_openid" else ("wecom", "corpid")
    named, value = _parts(kind, given, ("account", scope))
    known = [keys for keys in shop.accounts.values() if keys.channel == channel]
    return Alias(AliasKind(kind), _scope(kind, known, named), value)


def _scope(kind: str, known: Sequence[AccountKeys], named: str) -> str:
    scopes = {keys.scope for keys in known if named in ("", keys.id, keys.scope)}
    if len(scopes) == 1:
        return scopes.pop()
    if named:
        raise Wrong(kind, f"settings.yaml 里没有账号 {named[:_MOST_CHARS]}")
    raise Wrong(kind, f"要写明是哪个账号的：{_SHAPE}" if scopes else "settings.yaml 里没有这种账号")


def _parts(field: str, given: object, scopes: tuple[str, ...]) -> tuple[str, str]:
    """Return what says whose name it is, "" when nothing does, and the name."""
    if not isinstance(given, Mapping):
        return "", _text(field, given)
    unknown = sorted(given.keys() - {*scopes, "value"})
    if unknown or "value" not in given:
        raise Wrong(field, f"应写成 {_SHAPE}" + (f"，不认识 {unknown[0]}" if unknown else ""))
    named = [_text(field, given[scope]) for scope in scopes if given.get(scope)]
    if len(named) > 1:
        raise Wrong(field, f"{' 和 '.join(scopes)} 只写一个")
    return "".join(named), _text(field, given["value"])
