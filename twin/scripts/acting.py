"""Translate the words of a script into acts of the control listener."""

from collections.abc import Callable, Mapping

from twin.acts import NotPossible
from twin.scripts.script import Step
from twin.shape import Json, record, records, text
from twin.stage import Stage

_MENUS: Mapping[str, str] = {"menu": "tap_reply", "msgmenu": "kf_tap"}


def scan(stage: Stage, step: Step) -> Json:
    """Scan a poster, an entry code, the link of a kf scene, or a group's own code."""
    wanted, world = str(step.value), stage.world
    if any(wanted in (one.id, one.scene) for one in world.posters):
        return {"act": "scan_oa", "poster": wanted}
    if any(wanted in (one.id, one.state) for one in world.entry_codes):
        return {"act": "add_contact", "code": wanted}
    for kf in world.kf:
        if wanted in kf.scenes:
            return {"act": "enter_kf", "kf": kf.open_kfid, "scene": wanted}
    return {"act": "join_group", "chat_id": chat_of(stage, wanted)}


def add(stage: Stage, step: Step) -> Json:
    """Add an employee by name or by an entry code."""
    by = "staff" if stage.world.employee(str(step.value)) else "code"
    return {"act": "add_contact", by: step.value, **step.options}


def write(stage: Stage, step: Step) -> Json:
    """Type to an Official Account, a kf account, an employee, a group, the app, an aibot."""
    said: Json = {"text": str(step.value)}
    to = str(step.options.get("to", "oa"))
    if stage.world.employee(step.who):
        return {**_written_by_staff(stage, step.who, to), **said}
    if to == "kf":
        return {"act": "kf_type", **said}
    kf = next((one for one in stage.world.kf if to in (one.open_kfid, one.name)), None)
    if kf:
        return {"act": "kf_type", "kf": kf.open_kfid, **said}
    if stage.world.employee(to):
        return {"act": "write_staff", "staff": to, **said}
    if to == "oa" or stage.oa(to):
        return {"act": "type", "account": "" if to == "oa" else to, **said}
    return {"act": "say_in_group", "chat_id": chat_of(stage, to), **said}


def tap(stage: Stage, step: Step) -> Json:
    """Tap a line of the newest menu on the phone that has it, or an entry of the account's menu.

    An employee taps a button of a card.
    """
    wanted, on = str(step.value), step.options.get("on", "")
    if stage.world.employee(step.who):
        return {"act": "tap_button", "text": wanted}
    for seen in reversed(stage.phone(step.who) or []):
        for shown in seen.attachments:
            act = _MENUS.get(str(shown.get("type", "")), "")
            if act and on in ("", seen.channel) and wanted in _lines(shown):
                return {"act": act, "content": wanted}
    return {"act": "menu", "name": wanted}


def leave(stage: Stage, step: Step) -> Json:
    """Leave one group, or all of them."""
    if step.value == "all":
        return {"act": "leave_group"}
    return {"act": "leave_group", "chat_id": chat_of(stage, str(step.value))}


def confirm(stage: Stage, step: Step) -> Json:
    """An employee sends a mass message, picks a group's welcome, or accepts a customer."""
    wanted = str(step.value)
    if wanted == "mass":
        return {"act": "confirm_mass", **step.options}
    if wanted == "welcome":
        chat_id = chat_of(stage, str(step.options.get("in", "")))
        return {"act": "pick_group_welcome", "chat_id": chat_id, **_material(stage, chat_id)}
    return {"act": "confirm_contact", "who": wanted, "staff": step.who}


def join(stage: Stage, step: Step) -> Json:
    """Join a group of the world by its own code, or brought in by an employee."""
    joined: Json = {"act": "join_group", "chat_id": chat_of(stage, str(step.value))}
    by = step.options.get("by")
    return joined | ({"invited_by": by} if by else {})


def chat_of(stage: Stage, wanted: str) -> str:
    """Return the chat_id of a group by its id or name, the newest of several with one name."""
    for group in reversed(stage.groups.by_id.values()):
        if wanted in (group.chat_id, group.name):
            return group.chat_id
    raise NotPossible(f"没有群 {wanted}")


def _written_by_staff(stage: Stage, who: str, to: str) -> Json:
    if to in ("oa", "app"):
        return {"act": "app_type"}
    for bot in stage.world.aibot:
        if to in ("bot", bot.id, bot.name):
            return {"act": "ask_bot", "bot": bot.id}
        for room in bot.internal_groups:
            if to in (room.chat_id, room.name):
                return {"act": "mention_bot", "chat_id": room.chat_id}
    person = stage.crowd.person(to)
    if person:
        return {"act": "kf_say", "who": person.name, "staff": who}
    return {"act": "say_in_group", "chat_id": chat_of(stage, to)}


def _lines(menu: Json) -> list[str]:
    """Return what can be tapped on a menu message, of an Official Account or of kf."""
    if menu["type"] == "menu":
        return [text(one, "content", "") for one in records(menu, "items")]
    clicks = (record(one, "click") for one in records(menu, "list"))
    return [text(one, "content", "") for one in clicks]


def _material(stage: Stage, chat_id: str) -> Json:
    """Return the newest material that names the group; without one the newest is picked."""
    name = stage.groups.by_id[chat_id].name
    for template in reversed(stage.templates.by_id.values()):
        if name in template.text:
            return {"template_id": template.template_id}
    return {}


TRANSLATED: Mapping[str, Callable[[Stage, Step], Json]] = {
    "scan": scan,
    "add": add,
    "type": write,
    "tap": tap,
    "leave": leave,
    "confirm": confirm,
    "join": join,
}
