"""How many mass messages a customer may get: the rule that the corp chose in its console."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from config.accounts import wrong

RULES = ("month_days", "week7", "day1")
_MOST = 1000


def _rule(value: str) -> str:
    if value in RULES or (value.isascii() and value.isdigit() and 1 <= int(value) <= _MOST):
        return value
    raise wrong("应为 month_days、week7、day1，或一个自然月几次，1 到 {most}", most=_MOST)


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


MassCap = Annotated[str, BeforeValidator(_text), AfterValidator(_rule)]
