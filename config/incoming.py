"""The systems that may tell us of orders, members or archived talk over HTTP, as settings."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.accounts import Identifier, Section, wrong

MIN_SECRET_CHARS = 16
Kind = Literal["orders", "members", "archive"]


def _digest(digest: str) -> str:
    if digest and not re.fullmatch(r"[0-9A-Fa-f]{64}", digest):
        raise wrong("应为密钥的 SHA-256，64 位十六进制；不要填密钥本身")
    return digest.lower()


KeyDigest = Annotated[str, AfterValidator(_digest)]


def _listed(kinds: object) -> object:
    return (kinds,) if isinstance(kinds, str) else kinds


def _each_once(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    if len(set(kinds)) < len(kinds):
        raise wrong("同一种写了两次")
    return kinds


def _long_enough(secret: SecretStr) -> SecretStr:
    count = len(secret.get_secret_value())
    if count < MIN_SECRET_CHARS:
        raise wrong("至少 {least} 个字符，现为 {count} 个", least=MIN_SECRET_CHARS, count=count)
    return secret


class Source(Section):
    """A system that signs what it sends with a `secret` we share; `kind` is what it may tell."""

    id: Identifier
    kind: Annotated[
        tuple[Kind, ...], BeforeValidator(_listed), AfterValidator(_each_once), Field(min_length=1)
    ]
    secret: Annotated[SecretStr, AfterValidator(_long_enough)]
