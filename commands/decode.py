"""`decode`: one payload, or many JSON lines, to the typed events they tell of, as JSON."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import TextIO

from bot.errors import Refused
from bot.platforms.envelope import Key, Seal
from bot.platforms.outer import encrypt_of
from commands.report.payload import PLATFORMS, Answer, told

LIMIT_LINE_CHARS = 1024 * 1024  # a 64 KiB payload, sealed and with every character escaped, fits

_SEALING = ("token", "aes_key", "receiver", "timestamp", "nonce", "msg_signature")
_WHITE = " \t\r\n\ufeff"
# Readers that split on these would see one object as two lines.
_LINE_ENDS = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in "\x85\u2028\u2029"})


class _Usage(Exception):
    """A line that asks for something we cannot do; says what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line of input, checked."""

    payload: str
    sealing: Mapping[str, str]


def run(platform: str, lines: bool, stdin: TextIO, stdout: TextIO) -> int:
    """Decodes standard input to standard output, one JSON object a line, always in UTF-8.

    Returns 0; 1 when the single payload was refused; 2 for an unknown platform. With `lines`
    the answers are in order and as many as the lines read, whatever those hold.
    """
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    if platform not in PLATFORMS:
        stdout.write(_json(_usage(f"不认识的平台 {platform!r}，可选 {' '.join(PLATFORMS)}")) + "\n")
        return 2
    if lines:
        for answer in decode_lines(platform, _lines_of(stdin)):
            stdout.write(answer + "\n")
        return 0
    answer = decode_one(platform, _text_of(stdin))
    stdout.write(answer + "\n")
    return 1 if "error" in json.loads(answer) else 0


def decode_one(platform: str, text: str) -> str:
    """The JSON object for one clear payload, XML or JSON. Never raises for any text."""
    return _json(_answered(platform, _Line(payload=text, sealing=MappingProxyType({}))))


def decode_lines(platform: str, lines: Iterable[str]) -> Iterator[str]:
    """One JSON object for each line, in order; never fewer, whatever the lines hold.

    A line is `{"payload": TEXT}`; with token, aes_key, receiver, timestamp, nonce and
    msg_signature the payload is an envelope or its bare Encrypt text, and is opened first. An
    object as payload is taken for JSON, with its numbers as Python would write them.
    """
    for line in lines:
        try:
            answer = _answered(platform, _line_of(line))
        except _Usage as usage:
            answer = _usage(str(usage))
        yield _json(answer)


def _answered(platform: str, line: _Line) -> Answer:
    try:
        if not line.sealing:
            return told(platform, "", line.payload)
        opened = _opened(line)
        if opened.lstrip(_WHITE)[:1] in ("<", "{", "["):
            return told(platform, line.sealing["receiver"], opened)
    except Refused as refusal:
        return {"error": refusal.reason, "step": refusal.step}
    return {"kind": "echo", "recognised": True, "event": {"echo": opened}, "fields": {}}


def _opened(line: _Line) -> str:
    sealing = line.sealing
    seal = Seal(
        token=sealing["token"],
        keys=_keys(sealing["aes_key"]),
        receivers=frozenset({sealing["receiver"]}),
    )
    plain = seal.open(
        _encrypt_of(line.payload),
        timestamp=sealing["timestamp"],
        nonce=sealing["nonce"],
        msg_signature=sealing["msg_signature"],
    )
    try:
        return plain.decode()
    except UnicodeDecodeError:
        raise Refused("parse", "明文不是合法的 UTF-8") from None


def _keys(aes_key: str) -> tuple[Key, ...]:
    # A key of another form opens nothing; that shows at its own step, after the signature's.
    try:
        return (Key(aes_key),)
    except ValueError:
        return ()


def _encrypt_of(payload: str) -> str:
    if payload.lstrip(_WHITE)[:1] in ("<", "{", "["):
        return encrypt_of(payload.encode("utf-8", "surrogatepass"))
    if not payload.strip(_WHITE):
        raise Refused("envelope", "信封是空的")
    return payload  # exactly as given: white space in it is for the signature and base64 to judge


def _line_of(line: str) -> _Line:
    if len(line) > LIMIT_LINE_CHARS:
        raise _Usage("这一行太长，上限 1 MiB")
    try:
        value: object = json.loads(line.strip(_WHITE))
    except (ValueError, RecursionError):
        raise _Usage('这一行不是 JSON，应写成 {"payload": "…"}') from None
    if not isinstance(value, dict):
        raise _Usage('这一行应是 JSON 对象 {"payload": "…"}')
    return _Line(payload=_payload_of(value.get("payload")), sealing=_sealing_of(value))


def _payload_of(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        with suppress(RecursionError):
            return json.dumps(value, ensure_ascii=False)
    raise _Usage("payload 应是一段 XML 或 JSON 文本")


def _sealing_of(line: Mapping[str, object]) -> Mapping[str, str]:
    given = {name: line[name] for name in _SEALING if line.get(name) is not None}
    if given and len(given) < len(_SEALING):
        missing = "、".join(name for name in _SEALING if name not in given)
        raise _Usage(f"解密需要的字段不全，还缺 {missing}")
    if any(isinstance(value, bool) or not isinstance(value, str | int) for value in given.values()):
        raise _Usage("解密用的字段都应是文本")
    return {name: str(value) for name, value in given.items()}


def _usage(message: str) -> Answer:
    return {"error": message, "step": "usage"}


def _json(answer: Answer) -> str:
    return json.dumps({"v": 1, **answer}, ensure_ascii=False).translate(_LINE_ENDS)


def _text_of(stdin: TextIO) -> str:
    if isinstance(stdin, io.TextIOWrapper):
        payload: bytes = stdin.buffer.read()
        return payload.decode("utf-8", "surrogateescape")
    return stdin.read()


def _lines_of(stdin: TextIO) -> Iterator[str]:
    # Bytes, because text mode would also end lines at a lone carriage return, and stop at the
    # first byte that is not UTF-8; such a byte becomes half a surrogate and is refused in place.
    if not isinstance(stdin, io.TextIOWrapper):
        yield from stdin
        return
    limit = 4 * LIMIT_LINE_CHARS + 1
    while line := stdin.buffer.readline(limit):
        rest = line
        while len(rest) == limit and not rest.endswith(b"\n"):
            rest = stdin.buffer.readline(limit)
        yield line.decode("utf-8", "surrogateescape")
