"""What stands in the place of what was erased: keyed digests, which say nothing and still compare.

Whoever holds what was erased, and the instance key, can tell that it stood here; nobody can get it
back.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

import orjson

GONE = "gone"  # the one field of an inbox row's body that was erased
_DIGITS = 32
_LEAST_CHARS = 6  # a shorter name may be any number in somebody else's row
_NAMES = ("openid", "member")
_LISTS = ("receivers",)
# What of an effect names no customer and repeats no words: its place in the books hangs on it.
_KEPT = (
    "account", "staff", "chat", "task", "msgid", "kf", "code", "template", "state", "mass", "part",
    "groups", "not_before", "deadline",
)  # fmt: skip


def mark(instance_key: bytes, name: str) -> str:
    """Return what stands for a name of somebody.

    >>> mark(b"key", "oADA")
    '~f4bf462eeef37086ddeb165375155b8a'
    """
    return "~" + _digest(instance_key, b"name", name.encode())


def mark_words(instance_key: bytes, words: str) -> str:
    """Return what stands for words, told from a name's mark by its beginning.

    >>> mark_words(b"key", "hello")[:2]
    '~~'
    """
    return "~~" + _digest(instance_key, b"words", words.encode())


def mark_body(instance_key: bytes, body: bytes) -> str:
    """Return what stands for a whole message."""
    return _digest(instance_key, b"body", body)


def without_content(instance_key: bytes, body: bytes) -> bytes:
    """Return what is left of a message: JSON with its mark. Repeating it changes nothing.

    >>> once = without_content(b"key", b"<xml/>")
    >>> once == without_content(b"key", once)
    True
    """
    if body.startswith(b'{"gone":'):
        return body
    return orjson.dumps({GONE: mark_body(instance_key, body)})


def without_request(instance_key: bytes, body: str) -> str:
    """Return what is left of an effect: marks of its customer and its words, and what names nobody.

    Repeating it changes nothing.
    """
    held = orjson.loads(body)
    if not isinstance(held, dict) or GONE in held:
        return body
    left: dict[str, object] = {GONE: True}
    left |= {name: held[name] for name in _KEPT if name in held}
    left |= {n: mark(instance_key, str(held[n])) for n in _NAMES if held.get(n)}
    left |= {n: [mark(instance_key, str(o)) for o in held[n]] for n in _LISTS if held.get(n)}
    if held.get("text") and not any(held.get(name) for name in _NAMES):
        left["text"] = mark_words(instance_key, str(held["text"]))
    return orjson.dumps(left).decode()


class Veil:
    """Puts marks in the place of some names, wherever these stand by themselves."""

    def __init__(self, marks: Mapping[str, str]) -> None:
        self._marks = {name: to for name, to in marks.items() if name}
        listed = "|".join(sorted(map(re.escape, self._marks), key=len, reverse=True))
        self._any = re.compile(rf"(?<![0-9A-Za-z_-])(?:{listed})(?![0-9A-Za-z_-])")

    def over(self, text: str) -> str:
        """Return a text with the marks in the place of the names.

        >>> Veil({"oADA": "~1"}).over("say:oa-main:oADA, not oADAM")
        'say:oa-main:~1, not oADAM'
        """
        if not self._marks:
            return text
        return self._any.sub(lambda found: self._marks[found[0]], text)


def veil_of(instance_key: bytes, names: Iterable[str], *, anywhere: bool = False) -> Veil:
    """Return a veil over these names; `anywhere`: only over those long enough to mean nobody else.

    A short name, such as a card number of four digits, may be anything in somebody else's row.
    """
    least = _LEAST_CHARS if anywhere else 1
    return Veil({name: mark(instance_key, name) for name in names if len(name) >= least})


def _digest(instance_key: bytes, what: bytes, value: bytes) -> str:
    text = b"erased\0" + what + b"\0" + value
    return hmac.new(instance_key, text, hashlib.sha256).hexdigest()[:_DIGITS]
