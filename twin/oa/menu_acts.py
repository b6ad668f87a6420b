"""A fan taps the menu: the one made by API, or the console's while no callback is bound."""

from twin.acts import NotPossible, Outcome
from twin.letters import Node
from twin.oa.acts import fan, tell
from twin.oa.buttons import leaves
from twin.oa.conditional import menu_of
from twin.oa.console import ConsoleButton
from twin.oa.console_answers import console_message, sent_by
from twin.people import Person
from twin.sender import Sender
from twin.shape import Json, text
from twin.world import OaAccount

_OPENS = {"view": ("VIEW", "url"), "miniprogram": ("view_miniprogram", "pagepath")}


def tap(sender: Sender, args: Json) -> Outcome:
    """Tap the entry with this `name`, or a click entry by its `key` whatever the menu holds.

    Raises NotPossible for a name that is not in the menu the fan sees.
    """
    person, account, following = fan(sender.stage, args)
    if "key" in args:
        following.acted(sender.stage.now(), sender.stage.settings)
        key: Node = ("EventKey", text(args, "key"))
        return tell(sender, person, account, [("Event", "CLICK"), key])
    name = text(args, "name")
    menuid, made = menu_of(sender.stage, account, following)
    if made:
        return _tap_made(sender, person, account, menuid, _named(made, name))
    return _tap_console(sender, person, account, name)


def _named(made: tuple[Json, ...], name: str) -> Json:
    leaf = next((one for one in leaves(made) if one["name"] == name), None)
    if leaf is None:
        raise NotPossible(f"菜单里没有 {name}")
    return leaf


def _tap_made(
    sender: Sender, person: Person, account: OaAccount, menuid: int, leaf: Json
) -> Outcome:
    kind = text(leaf, "type")
    if kind == "click":
        person.follows[account.appid].acted(sender.stage.now(), sender.stage.settings)
        key: Node = ("EventKey", text(leaf, "key"))
        return tell(sender, person, account, [("Event", "CLICK"), key])
    if kind not in _OPENS:
        raise NotPossible(f"孪生不演示 {kind} 类型的菜单")
    event, field = _OPENS[kind]
    nodes: list[Node] = [("Event", event), ("EventKey", text(leaf, field)), ("MenuId", menuid)]
    told = tell(sender, person, account, nodes)
    return Outcome(happenings=told.happenings, facts={field: leaf[field]})


def _tap_console(sender: Sender, person: Person, account: OaAccount, name: str) -> Outcome:
    stage = sender.stage
    button = next((one for one in _leaves(account.console_menu) if one.name == name), None)
    if button is None or account.id in stage.callbacks:
        raise NotPossible(f"菜单里没有 {name}")
    if button.type == "view":
        return Outcome(facts={"url": button.url})
    stage.show(person.name, console_message(stage, account, sent_by(button), ""))
    return Outcome()


def _leaves(buttons: tuple[ConsoleButton, ...]) -> list[ConsoleButton]:
    return [leaf for one in buttons for leaf in (one.sub_button or (one,))]
