"""The systems that may tell us of orders, members or archived talk over HTTP, as settings."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.accounts import Identifier, Section, wrong

MIN_SECRET_CHARS = 16
Kind = Literal["orders", "members", "archive"]


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
