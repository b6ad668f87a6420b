"""What employees do with the app: tap a card's button, type something."""

from collections.abc import Callable, Mapping

from twin.acts import NotPossible, Outcome, corp, employee
from twin.cards import button
from twin.corp.room import TAP_CODE_S, Card
from twin.letters import Inside, Node, app_event, app_text
from twin.sender import Sender
from twin.shape import Json, record, text, texts, whole
from twin.stage import Happening, Stage


def tap_button(sender: Sender, args: Json) -> Outcome:
    """Tap the button with this `key` or `text` on the newest card, or on that with `task_id`.

    `selected` ({question_key: [option ids]}) is what was chosen on the card before. A button that
    leads to an address is no event; its `url` is a fact. Raises NotPossible without such a button.
    """
    stage = sender.stage
    userid = employee(stage, text(args, "who"))
    card, tapped = _tapped(stage, userid, args)
    facts: Json = {"task_id": card.task_id}
    if whole(tapped, "type", 0) == 1:
        return Outcome(facts={**facts, "url": text(tapped, "url", "")})
    code = stage.app.issue(card, stage.now() + TAP_CODE_S)
    key = text(tapped, "key")
    nodes: list[Node] = [
        ("Event", "template_card_event"),
        ("EventKey", key),
        ("TaskId", card.task_id),
        ("CardType", card.kind),
        ("ResponseCode", code),
        ("AgentID", corp(stage).agentid),
        *_selected(args),
    ]
    inner = app_event(corp(stage), userid, int(stage.now()), *nodes)
    told = _tell(sender, userid, "tap_button", inner)
    return Outcome(happenings=(told,), facts={**facts, "key": key})


def type_text(sender: Sender, args: Json) -> Outcome:
    """Type `text` to the app."""
    stage = sender.stage
    userid = employee(stage, text(args, "who"))
    msg_id, now = stage.next_msg_id(), int(stage.now())
    inner = app_text(corp(stage), userid, now, text(args, "text"), msg_id)
    told = _tell(sender, userid, "app_type", inner, str(msg_id))
    return Outcome(happenings=(told,))


def _tapped(stage: Stage, userid: str, args: Json) -> tuple[Card, Json]:
    card = stage.app.newest(userid, text(args, "task_id", ""))
    if card is None:
        raise NotPossible(f"{userid} 的手机上没有这张卡片")
    if userid in card.closed:
        raise NotPossible(f"按钮已变成「{card.closed[userid]}」，点不动了")
    wanted = text(args, "key", "") or text(args, "text", "")
    tapped = button(card.views[userid], wanted)
    if tapped is None:
        raise NotPossible(f"卡片 {card.task_id} 上没有按钮 {wanted}")
    return card, tapped


def _selected(args: Json) -> list[Node]:
    chosen = record(args, "selected")
    items: list[Node] = []
    for question in chosen:
        options: list[Node] = [("OptionId", one) for one in texts(chosen, question)]
        item: tuple[Node, ...] = (
            ("QuestionKey", question),
            ("OptionIds", Inside(tuple(options))),
        )
        items.append(("SelectedItem", Inside(item)))
    return [("SelectedItems", Inside(tuple(items)))]


def _tell(sender: Sender, userid: str, act: str, inner: str, msg_id: str = "") -> Happening:
    stage = sender.stage
    happening = Happening(
        id=stage.next_happening_id(),
        account=corp(stage),
        act=act,
        kind="text" if msg_id else "template_card_event",
        inner=inner,
        who=userid,
        msg_id=msg_id,
    )
    sender.announce(happening)
    return happening


APP_ACTS: Mapping[str, Callable[[Sender, Json], Outcome]] = {
    "tap_button": tap_button,
    "app_type": type_text,
}
