"""Finds the member that an operator means: by member id, coupon code, phone number, any name."""

from collections.abc import Sequence

from bot.db.phones import phone_value
from bot.db.stories import members_called
from bot.db.tx import Tx
from bot.ids import readable_code
from commands.parts.problems import USAGE, stop
from commands.report.reading import Reader
from commands.report.showing import clean
from config.home import UnsafeKey, instance_key


def meant(reader: Reader, who: str, example: str) -> tuple[str, ...]:
    """Return whom a word means, never nobody: then it stops, and says what to type.

    The first is meant; others bear the same name. `example` is a command that names somebody.
    """
    if not who.strip():
        stop(f"要看谁？例如：{example} 会员号、手机号、openid、券码", USAGE)
    called = dict.fromkeys((who.strip(), readable_code(who), *_as_phone(reader, who.strip())))

    async def work(tx: Tx) -> tuple[str, ...]:
        return tuple(dict.fromkeys([p for word in called for p in await members_called(tx, word)]))

    people = reader.ask(work)
    if not people:
        stop(f"没有找到「{clean(who)}」：会员号、手机号、身份、券码里都没有它")
    return people


def _as_phone(reader: Reader, who: str) -> Sequence[str]:
    try:
        return (phone_value(instance_key(reader.home.folder), who),)
    except (ValueError, UnsafeKey):
        return ()
