"""Gathers what cannot be generated: from options, from secret files, or by asking on a terminal."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from commands.parts.problems import USAGE, stop
from commands.start.channels import CHANNELS, QUESTIONS, Question, accounts_of
from config.accounts import AES_KEY_CHARS, Account, base_url
from config.placeholders import PUBLIC_URL, WHERE
from config.problems import nearest
from config.settings_problems import said

Ask = Callable[[str, bool], str]  # what to ask, whether the answer stays unseen
Values = Mapping[tuple[str, str], str | int]  # kind of account and setting: value
ADDRESS = ("", "public_url")
_SAMPLES = "直接回车放全套样例"
_WANT_ADDRESS = "对外的 https 网址，如 https://bot.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line said. Secrets may be marked with their account: `oa=…`."""

    channels: tuple[str, ...] = ()
    pack: str = ""
    values: Mapping[str, str]  # by option
    secrets: tuple[str, ...] = ()
    secret_files: tuple[str, ...] = ()
    yes: bool = False


def on_terminal() -> Ask | None:
    """Return how to ask the person at the terminal, None when there is none."""
    if not sys.stdin.isatty():
        return None

    def ask(question: str, unseen: bool) -> str:
        given: object = typer.prompt(
            question, default="", show_default=False, hide_input=unseen, err=True
        )
        return str(given).strip()

    return ask


def channels_of(asked: Asked, ask: Ask | None) -> tuple[str, ...]:
    """Return the channels to begin with, each once; none means all of the samples.

    Stops at a name that is no channel.
    """
    named: Sequence[str] = asked.channels
    if not named and ask and not asked.yes:
        listed = "、".join(f"{one.id} {one.title}" for one in CHANNELS.values())
        named = ask(f"接哪些渠道？{listed}；可写几个，{_SAMPLES}", False).replace(",", " ").split()
    for name in named:
        if name not in CHANNELS:
            hint = nearest(name, CHANNELS)
            meant = f"（是不是 {hint}？）" if hint else ""
            stop(f"没有渠道 {name}{meant}，可用的有：{'、'.join(CHANNELS)}", USAGE)
    return tuple(dict.fromkeys(named))


def answers(channels: tuple[str, ...], asked: Asked, ask: Ask | None) -> Values:
    """Return a value for each question of these channels; a placeholder for what was left open.

    Stops when a value cannot be, or when one is missing and there is nobody to ask, unless the
    command line says yes to placeholders.
    """
    kinds = accounts_of(channels)
    given = dict(_given(kinds, asked))
    _refuse_unused(kinds, asked)
    values: dict[tuple[str, str], str | int] = {}
    missing: list[str] = []
    for kind, question in _questions(kinds):
        name = (kind, question.name)
        values[name] = question.placeholder
        if name in given:
            values[name] = _checked(kind, question, given[name])
        elif ask and not asked.yes:
            values[name] = _from_person(kind, question, ask)
        else:
            missing.append(f"{question.option}（{_wanted(kind, question)}）")
    if missing and not asked.yes:
        stop("这里不是终端，没法问您。还缺：\n  " + "\n  ".join(missing)
             + "\n也可以加 --yes，先用占位，以后再改 settings.yaml", USAGE)  # fmt: skip
    return values


def _questions(kinds: tuple[str, ...]) -> Iterator[tuple[str, Question]]:
    yield "", Question(name="public_url", option="--public-url", placeholder=PUBLIC_URL)
    for kind in kinds:
        for question in QUESTIONS[kind]:
            yield kind, question


def _wanted(kind: str, question: Question) -> str:
    return WHERE.get((kind, question.name), _WANT_ADDRESS)


def _given(kinds: tuple[str, ...], asked: Asked) -> Iterator[tuple[tuple[str, str], str]]:
    for kind, question in _questions(kinds):
        if value := asked.values.get(question.option):
            yield (kind, question.name), value
    holders = [kind for kind in kinds if any(one.secret for one in QUESTIONS[kind])]
    for marked in asked.secrets:
        kind, secret = _owner(marked, holders, "--secret")
        yield (kind, "secret"), secret
    for marked in asked.secret_files:
        kind, file = _owner(marked, holders, "--secret-file")
        yield (kind, "secret"), _read_secret(Path(file))


def _owner(marked: str, holders: list[str], option: str) -> tuple[str, str]:
    kind, mark, rest = marked.partition("=")
    if mark and kind in QUESTIONS:
        if kind not in holders:
            stop(f"{option} {kind}=… 用不上：没有要接的渠道需要它", USAGE)
        return kind, rest
    if len(holders) != 1:
        forms = "、".join(f"{option} {kind}=…" for kind in holders)
        stop(f"{option} 要说明是哪个账号的：{forms}" if forms else f"{option} 用不上", USAGE)
    return holders[0], marked


def _read_secret(file: Path) -> str:
    try:
        return file.expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        stop(f"--secret-file 读不了：{file}", USAGE)


def _refuse_unused(kinds: tuple[str, ...], asked: Asked) -> None:
    used = {question.option for _, question in _questions(kinds)}
    for option, value in asked.values.items():
        if value and option not in used:
            stop(f"{option} 用不上：没有要接的渠道需要它", USAGE)


def _from_person(kind: str, question: Question, ask: Ask) -> str | int:
    wanted = f"{_wanted(kind, question)}（没有就直接回车，先用占位）"
    while text := ask(wanted, question.secret):
        wrong = refusal(kind, question.name, text)
        if not wrong:
            return _typed(question, text)
        wanted = f"{wrong}；再填一次"
    return question.placeholder


def _checked(kind: str, question: Question, text: str) -> str | int:
    if wrong := refusal(kind, question.name, text):
        stop(f"{question.option} 的值不对：{wrong}", USAGE)
    return _typed(question, text)


def _typed(question: Question, text: str) -> str | int:
    return int(text) if isinstance(question.placeholder, int) else text


def refusal(kind: str, name: str, text: str) -> str:
    """Return why `text` cannot be this setting of such an account, "" when it can."""
    if not kind:
        return _wrong_address(text)
    account: dict[str, object] = {one.name: one.placeholder for one in QUESTIONS[kind]}
    account |= {"id": "a", "kind": kind, "token": "abc", "aes_key": "a" * AES_KEY_CHARS, name: text}
    try:
        TypeAdapter[Account](Account).validate_python(account)
    except ValidationError as error:
        return said(error.errors(include_input=False, include_url=False)[0])
    return ""


def _wrong_address(text: str) -> str:
    try:
        base_url(text)
    except PydanticCustomError as error:
        return error.message()
    return ""
