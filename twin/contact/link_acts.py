"""What people do with acquisition links: open one, write to the employee, buy quota, delete one."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

from twin.acts import NotPossible, Outcome, actor
from twin.contact.acts import befriend, check_strangers, friends
from twin.contact.link_news import tell, tell_of_link
from twin.contact.links import ADDRESS, CHANNEL, CHANNEL_BYTES, ChatKey, Comer, Link
from twin.contact.relations import BY_LINK, Contact
from twin.corp.parties import members
from twin.letters import Node
from twin.people import Person, Seen
from twin.sender import Sender
from twin.shape import Json, flag, text, whole
from twin.stage import Happening, Stage
from twin.tokens import DAY_S

_TOLD_MESSAGES = (3, 5, 10)  # of the customer to the employee


def is_acquisition(args: Json) -> bool:
    """Tell whether somebody opens an acquisition link, not a page."""
    return "link" in args or text(args, "url", "").startswith(ADDRESS)


def open_acquisition(sender: Sender, args: Json) -> Outcome:
    """Open a link and add its employee: `staff`, else the first of its range.

    `customer_channel`, or that in the address, becomes the state. It costs one of the quota. Where
    the link wants a confirmation, `confirm_contact` has to follow. Raises NotPossible for a dead
    link, without quota, and between friends.
    """
    stage = sender.stage
    person = actor(stage, args)
    link, state = _link(stage, args)
    link.clicks.setdefault(person.name, stage.now())
    if not stage.links.balance(stage.now()):
        raise NotPossible("获客额度已用完，链接打不开")
    userid = _employee(stage, link, text(args, "staff", ""))
    check_strangers(stage, person, userid)
    contact = Contact(
        userid=userid,
        external_userid=person.external_userid,
        created=stage.now(),
        state=state,
        confirmed=link.skip_verify,
        way=BY_LINK,
        link_id=link.link_id,
    )
    link.comers.append(
        Comer(external_userid=person.external_userid, userid=userid, state=state, at=stage.now())
    )
    return _came(sender, person, contact)


def write(sender: Sender, args: Json) -> Outcome:
    """Write `text` to the employee `staff`; callbacks tell only of who came by a link, and no text.

    The first message is told, and the third, fifth and tenth with a ChatKey (a fact too).
    """
    stage = sender.stage
    person, contact = friends(stage, args)
    if contact.left_by_customer or not contact.confirmed:
        raise NotPossible(f"{person.name} 和 {contact.userid} 还不是好友")
    contact.said += 1
    contact.chatted = stage.now()
    seen = Seen(
        at=stage.now(),
        channel="contact",
        sender=person.name,
        text=text(args, "text"),
        via="customer",
    )
    stage.show(contact.userid, seen)
    if contact.said == 1:
        return Outcome(happenings=tell_of_link(stage, contact, "customer_start_chat"))
    if contact.link_id and contact.said in _TOLD_MESSAGES:
        return _with_key(stage, person, contact)
    return Outcome()


def buy(sender: Sender, args: Json) -> Outcome:
    """An administrator buys `count` additions for `days` (365 unless given)."""
    stage = sender.stage
    stage.links.buy(whole(args, "count"), stage.now() + whole(args, "days", 365) * DAY_S)
    return Outcome(happenings=(tell(stage, "buy_quota", "balance_increased"),))


def drop(sender: Sender, args: Json) -> Outcome:
    """An administrator deletes `link` in the console; with `unavailable` it only stops working."""
    stage = sender.stage
    link = _known(stage, args)
    link.usable = False
    change = "link_unavailable"
    if not flag(args, "unavailable"):
        del stage.links.by_id[link.link_id]
        change = "delete_link"
    return Outcome(happenings=(tell(stage, "drop_link", change, ("LinkId", link.link_id)),))


def tell_expiry(stage: Stage) -> None:
    """Warn of quota that expires in 14, 7, 3, 2 or 1 days; a jump past several warns once."""
    for quota in tuple(stage.links.expiring(stage.now())):
        nodes: tuple[Node, ...] = (
            ("ExpireTime", int(quota.expires)),
            ("ExpireQuotaNum", quota.balance),
        )
        tell(stage, "quota_expires", "quota_expire_soon", *nodes)


def _link(stage: Stage, args: Json) -> tuple[Link, str]:
    link = _known(stage, args)
    if not link.usable:
        raise NotPossible("获客链接已失效")
    asked = parse_qs(urlsplit(text(args, "url", "")).query).get(CHANNEL, [""])[0]
    channel = text(args, CHANNEL, asked)
    return link, channel.encode()[:CHANNEL_BYTES].decode("utf-8", "ignore")


def _known(stage: Stage, args: Json) -> Link:
    wanted = text(args, "link", "")
    found = stage.links.by_id.get(wanted) or stage.links.by_url(wanted or text(args, "url", ""))
    if found is None:
        raise NotPossible(f"没有获客链接 {wanted or args.get('url', '')}")
    return found


def _employee(stage: Stage, link: Link, wanted: str) -> str:
    able = [*link.staff, *members(stage, link.parties)]
    if wanted and wanted not in able:
        raise NotPossible(f"{wanted} 不在获客链接的使用范围里")
    return wanted or able[0]


def _came(sender: Sender, person: Person, contact: Contact) -> Outcome:
    """Tell that the customer applied; unless it must be confirmed they are friends at once."""
    stage = sender.stage
    before = stage.links.balance(stage.now())
    stage.links.spend(stage.now())
    nodes: list[Node] = [("LinkId", contact.link_id)]
    if contact.state:
        nodes.append(("State", contact.state))
    applied = tell(stage, "open_link", "friend_request", *nodes, who=person.name)
    added: tuple[Happening, ...] = ()
    if contact.confirmed:
        added = befriend(sender, person, contact).happenings
    else:
        stage.contacts.add(contact)
    facts: Json = {"staff": contact.userid, "state": contact.state}
    return Outcome(happenings=(applied, *_scarce(stage, before), *added), facts=facts)


def _scarce(stage: Stage, before: int) -> tuple[Happening, ...]:
    """Tell of a balance that fell to the low mark, or to nothing."""
    if before == 1:
        return (tell(stage, "open_link", "balance_exhausted"),)
    if before - 1 == stage.settings.link_low:
        return (tell(stage, "open_link", "balance_low"),)
    return ()


def _with_key(stage: Stage, person: Person, contact: Contact) -> Outcome:
    key = ChatKey(
        userid=contact.userid,
        external_userid=contact.external_userid,
        link_id=contact.link_id,
        state=contact.state,
        said=contact.said,
        issued=stage.now(),
    )
    name = stage.links.issue(key)
    nodes: tuple[Node, ...] = (("LinkId", contact.link_id), ("ChatKey", name))
    told = tell(stage, "write_staff", "message_from_customer", *nodes, who=person.name)
    return Outcome(happenings=(told,), facts={"chat_key": name})


ACQUISITION_ACTS: Mapping[str, Callable[[Sender, Json], Outcome]] = {
    "write_staff": write,
    "buy_quota": buy,
    "drop_link": drop,
}
