"""Callbacks about acquisition links (events.md section 7)."""

from twin.contact.relations import Contact
from twin.letters import Node, acquisition_event
from twin.stage import Happening, Stage


def tell(stage: Stage, act: str, change: str, *nodes: Node, who: str = "") -> Happening:
    """Announce one callback of the family `customer_acquisition`."""
    account = stage.world.wecom[0]
    happening = Happening(
        id=stage.next_happening_id(),
        account=account,
        act=act,
        kind=change,
        inner=acquisition_event(account, int(stage.now()), change, *nodes),
        who=who,
    )
    stage.announce(happening)
    return happening


def tell_of_link(stage: Stage, contact: Contact, change: str) -> tuple[Happening, ...]:
    """Announce what happened between the two, once more for the link that brought them together."""
    if not contact.link_id:
        return ()
    person = stage.crowd.by_external(contact.external_userid)
    nodes: tuple[Node, ...] = (
        ("UserID", contact.userid),
        ("ExternalUserID", contact.external_userid),
        ("LinkId", contact.link_id),
    )
    return (tell(stage, change, change, *nodes, who=person.name if person else ""),)
