"""Puts one message before both programs, whole and spoiled, and says where they differ."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random

from wechatpy import parse_message as parse_oa
from wechatpy.crypto import WeChatCrypto as OaCrypto
from wechatpy.enterprise import parse_message as parse_wecom
from wechatpy.enterprise.crypto import WeChatCrypto as WecomCrypto

from bot.errors import Refused
from bot.platforms.envelope import Key, Seal
from bot.platforms.oa import gate as oa
from bot.platforms.outer import encrypt_of
from bot.platforms.tree import leaves, parse
from bot.platforms.wecom import gate as wecom
from tests.differential.messages import Made, made
from tests.sealing import AES_KEY, NONCE, OTHER_KEY, RECEIVER, TIMESTAMP, TOKEN, Post, sign

SEAL = Seal(token=TOKEN, keys=(Key(AES_KEY),), receivers=frozenset({RECEIVER}))
_STRANGER = Seal(token=TOKEN, keys=(Key(AES_KEY),), receivers=frozenset({"wxOther"}))
_WRONG_KEY = Seal(token=TOKEN, keys=(Key(OTHER_KEY),), receivers=frozenset({RECEIVER}))
THEIRS = {
    "oa": OaCrypto(TOKEN, AES_KEY, RECEIVER),
    "wecom": WecomCrypto(TOKEN, AES_KEY, RECEIVER),
}
PARSERS: Mapping[str, Callable[[str], object]] = {"oa": parse_oa, "wecom": parse_wecom}


@dataclass(slots=True)
class Verdict:
    """How many messages were judged, how often each spoiling was refused, and every fault."""

    judged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def judge(messages: int, seed: int) -> Verdict:
    """Return what came of so many messages; a seed names them. One in four is also spoiled."""
    verdict, dice = Verdict(), Random(seed)  # noqa: S311  (repeatable on purpose)
    for number in range(messages):
        message = made(dice)
        verdict.judged += 1
        verdict.faults += [
            f"{seed}/{number} {fault}: {message.text[:200]!r}" for fault in _differences(message)
        ]
        if number % 4 == 0:
            _spoil(message, dice, verdict)
    return verdict


def _differences(message: Made) -> Iterator[str]:
    yield from _of_codec(message)
    ours = {path: text.strip() for path, text in leaves(parse(message.text)).items()}
    theirs = dict(_leaves_of(_data(message), ""))
    if ours != theirs:
        yield f"parsed otherwise: {sorted(ours.items() ^ theirs.items())[:6]}"


def _of_codec(message: Made) -> Iterator[str]:
    codec = THEIRS[message.channel]
    encrypt = encrypt_of(codec.encrypt_message(message.text, NONCE, TIMESTAMP).encode())
    sealed = Post(encrypt=encrypt, signature=sign(TOKEN, TIMESTAMP, NONCE, encrypt))
    if _opened(message.channel, sealed) != message.text.encode():
        yield "opened otherwise"
    ours = _sealed(SEAL, message)
    opened = codec.decrypt_message(ours.body, ours.signature, TIMESTAMP, NONCE)
    if opened != message.text:
        yield "sealed otherwise"


def _opened(channel: str, post: Post) -> bytes:
    if channel == "oa":
        return oa.open_post(oa.Mode.SAFE, SEAL, post.query, post.body)
    return wecom.open_post(SEAL, post.query, post.body)


def _sealed(seal: Seal, message: Made) -> Post:
    closed = seal.close(
        message.text.encode(), nonce=NONCE, timestamp=TIMESTAMP, random16=b"0123456789abcdef"
    )
    return Post(encrypt=closed.encrypt, signature=closed.signature)


def _data(message: Made) -> Mapping[str, object]:
    parsed = PARSERS[message.channel](message.text)
    data: Mapping[str, object] = parsed._data  # type: ignore[attr-defined]  # all it has read
    return data


def _leaves_of(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves_of(part, f"{path}.{name}")
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _leaves_of(part, f"{path}[{at}]")
    else:
        yield path.removeprefix("."), "" if value is None else str(value).strip()


# --- spoiled: each must be refused, by one exception, whoever looks ---


def _spoil(message: Made, dice: Random, verdict: Verdict) -> None:
    post = _sealed(SEAL, message)
    at = dice.randrange(len(post.encrypt))
    other = dice.choice([char for char in "AZaz09+/" if char != post.encrypt[at]])
    flipped = post.encrypt[:at] + other + post.encrypt[at + 1 :]
    spoiled = {
        "forged signature": Post(encrypt=post.encrypt, signature=sign(TOKEN, "x")),
        "changed ciphertext": Post(encrypt=flipped, signature=post.signature),
        "another nonce": Post(encrypt=post.encrypt, signature=post.signature, nonce="n2"),
        "another receiver": _sealed(_STRANGER, message),
        "another key": _sealed(_WRONG_KEY, message),
        "cut short": _signed(post.encrypt[: 4 * dice.randrange(1, 8)]),
        "no base64": _signed(post.encrypt[:at] + "!" + post.encrypt[at + 1 :]),
    }
    for name, one in spoiled.items():
        _must_refuse(name, partial(_opened, message.channel, one), verdict)
    for name, text in _broken(message.text, dice).items():
        _must_refuse(name, partial(parse, text), verdict)


def _signed(encrypt: str) -> Post:
    return Post(encrypt=encrypt, signature=sign(TOKEN, TIMESTAMP, NONCE, encrypt))


def _broken(text: str, dice: Random) -> Mapping[str, str]:
    return {
        "cut document": text[: dice.randrange(5, len(text) - 1)],
        "two roots": text + text,
        "a DOCTYPE": f"<!DOCTYPE xml>{text}",
        "an entity": text.replace("</xml>", "<a>&b;</a></xml>"),
        "a NUL": text.replace("</xml>", "<a>\0</a></xml>"),
        "words": "领券",
    }


def _must_refuse(name: str, look: Callable[[], object], verdict: Verdict) -> None:
    try:
        look()
    except Refused:
        verdict.refused[name] += 1
    except Exception as error:  # noqa: BLE001  (another exception is the fault looked for)
        verdict.faults.append(f"{name}: raised {error!r}")
    else:
        verdict.faults.append(f"{name}: was taken")
