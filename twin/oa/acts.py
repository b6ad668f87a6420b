"""What people do with an Official Account: follow, scan, type, tap the menu, leave."""

from twin.acts import NotPossible, Outcome, actor, official_account
from twin.letters import Node, oa_event, oa_message
from twin.oa.scenes import SceneCode
from twin.people import Following, Person
from twin.sender import Sender
from twin.shape import Json, text
from twin.stage import Happening, Stage
from twin.world import OaAccount

# A reply to these does not show.
_SILENT = (
    "unsubscribe",
    "VIEW",
    "view_miniprogram",
    "subscribe_msg_popup_event",
    "subscribe_msg_change_event",
)


def scan(sender: Sender, args: Json) -> Outcome:
    """Scan a poster: follows when new, else SCAN. `poster` is a poster's id, or `ticket`."""
    stage = sender.stage
    person = actor(stage, args)
    account, code = _poster(stage, args)
    following, scene = person.follows.get(account.appid), code.scene
    ticket: Node = ("Ticket", text(args, "ticket", f"gQtwin{scene}"))
    if following:
        following.acted(stage.now(), stage.settings)
        nodes: list[Node] = [("Event", "SCAN"), ("EventKey", scene), ticket]
    else:
        _follow(stage, person, account, code)
        nodes = [("Event", "subscribe"), ("EventKey", f"qrscene_{scene}"), ticket]
    return tell(sender, person, account, nodes)


def follow(sender: Sender, args: Json) -> Outcome:
    """Follow without any code, as after a search."""
    person, account = actor(sender.stage, args), official_account(sender.stage, args)
    if account.appid in person.follows:
        raise NotPossible(f"{person.name} 已经关注了")
    _follow(sender.stage, person, account, SceneCode(account=account.id, scene=""))
    return tell(sender, person, account, [("Event", "subscribe"), ("EventKey", "")])


def type_text(sender: Sender, args: Json) -> Outcome:
    """Type `text` to the Official Account."""
    return speak(sender, args, "text", [("Content", text(args, "text"))])


def speak(
    sender: Sender, args: Json, kind: str, nodes: list[Node], *, after: tuple[Node, ...] = ()
) -> Outcome:
    """Send a message of this MsgType; its MsgId stands between `nodes` and what comes `after`."""
    stage = sender.stage
    person, account, following = fan(stage, args)
    following.spoke(stage.now(), stage.settings)
    msg_id = stage.next_msg_id()
    openid, at = person.openids[account.appid], int(stage.now())
    inner = oa_message(account, openid, at, kind, *nodes, ("MsgId", msg_id), *after)
    happening = Happening(
        id=stage.next_happening_id(),
        account=account,
        act=text(args, "act", "type"),
        kind=kind,
        inner=inner,
        who=person.name,
        openid=openid,
        msg_id=str(msg_id),
        said=str(dict(nodes).get("Content", "")),
        answerable=True,
    )
    sender.announce(happening)
    return Outcome(happenings=(happening,))


def unfollow(sender: Sender, args: Json) -> Outcome:
    """Leave the Official Account; tags and windows are gone."""
    person, account, _ = fan(sender.stage, args)
    del person.follows[account.appid]
    return tell(sender, person, account, [("Event", "unsubscribe"), ("EventKey", "")])


def _poster(stage: Stage, args: Json) -> tuple[OaAccount, SceneCode]:
    wanted = text(args, "poster", "")
    poster = next((one for one in stage.world.posters if wanted in (one.id, one.scene)), None)
    code = stage.scenes.get(text(args, "ticket", ""))
    if poster:
        code = SceneCode(account=poster.account, scene=poster.scene)
    account = stage.oa(code.account) if code else None
    if code is None or account is None:
        raise NotPossible(f"没有海报 {wanted}")
    if code.dies <= stage.now():
        raise NotPossible("该二维码已过期")
    return account, code


def fan(stage: Stage, args: Json) -> tuple[Person, OaAccount, Following]:
    """Return who acts at which Official Account. Raises NotPossible for one who is no fan."""
    person, account = actor(stage, args), official_account(stage, args)
    following = person.follows.get(account.appid)
    if following is None:
        raise NotPossible(f"{person.name} 还没有关注公众号")
    return person, account, following


def _follow(stage: Stage, person: Person, account: OaAccount, code: SceneCode) -> None:
    now = int(stage.now())
    following = Following(since=now, scene=code.scene, is_number=code.is_number)
    following.acted(stage.now(), stage.settings)
    person.follows[account.appid] = following


def tell(sender: Sender, person: Person, account: OaAccount, nodes: list[Node]) -> Outcome:
    """Announce an event of a fan; `nodes` begin with its name."""
    kind = str(nodes[0][1])
    openid = person.openids[account.appid]
    happening = Happening(
        id=sender.stage.next_happening_id(),
        account=account,
        act=kind,
        kind=kind,
        inner=oa_event(account, openid, int(sender.stage.now()), *nodes),
        who=person.name,
        openid=openid,
        answerable=kind not in _SILENT,
    )
    sender.announce(happening)
    return Outcome(happenings=(happening,))
