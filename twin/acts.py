"""What every act of a person needs: who acts, what came of it, and when it is not possible."""

from dataclasses import dataclass, field

from twin.kf.sessions import Session
from twin.people import Person
from twin.shape import Json, text
from twin.stage import Happening, Stage
from twin.world import OaAccount, WecomAccount


class NotPossible(Exception):
    """The person cannot do this now; the message is what the client or common sense says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an act caused: callbacks under way, and facts for the script."""

    happenings: tuple[Happening, ...] = ()
    facts: Json = field(default_factory=dict)


def actor(stage: Stage, args: Json) -> Person:
    """Return the customer who acts. Raises NotPossible for a stranger to this world."""
    name = text(args, "who")
    person = stage.crowd.person(name)
    if person is None:
        raise NotPossible(f"这个世界里没有 {name}（可用名单里的客户，或 客001 这样的名字）")
    return person


def conversation(stage: Stage, args: Json) -> tuple[Person, Session]:
    """Return the customer and their conversation: with the account `kf`, or the one opened last."""
    person = actor(stage, args)
    wanted, ids = text(args, "kf", ""), person.external_userid
    session = stage.kf.session(wanted, ids) if wanted else stage.kf.latest(ids)
    if session is None:
        raise NotPossible(f"{person.name} 还没有打开过客服 {wanted}".rstrip())
    return person, session


def official_account(stage: Stage, args: Json) -> OaAccount:
    """Return the Official Account an act is about, the first one unless named."""
    wanted = text(args, "account", "")
    account = stage.oa(wanted)
    if account is None:
        raise NotPossible(f"没有公众号 {wanted or '可用'}")
    return account


def corp(stage: Stage) -> WecomAccount:
    """Return the WeCom account. Raises NotPossible in a world without one."""
    account = stage.corp()
    if account is None:
        raise NotPossible("这个世界没有企业微信账号")
    return account


def employee(stage: Stage, wanted: str) -> str:
    """Return the userid of this employee, by userid or name."""
    found = stage.world.employee(wanted)
    if found is None:
        raise NotPossible(f"没有员工 {wanted}")
    return found.userid
