"""What a template card may hold, the same for apps and aibots (apps-and-bots.md section 4.5)."""

import re

from twin.shape import BadShape, Json, record, records, text, whole

KINDS = (
    "text_notice",
    "news_notice",
    "button_interaction",
    "vote_interaction",
    "multiple_interaction",
)
BUTTONS = 6
KEY_BYTES = 1024
STYLES = (1, 2, 3, 4)
ACTIONS = 3
OPTIONS, CHOICES = 20, 10  # of a checkbox, of each list to select from
COLOURS = (0, 1, 2, 3)
FLATTEST, LONGEST = 1.3, 2.25  # aspect ratios of a picture
# Fields of the card that hold lists -> the most items of each.
_LISTS = {
    "horizontal_content_list": 6,
    "jump_list": 3,
    "vertical_content_list": 4,
    "select_list": 3,
    "button_list": BUTTONS,
}
# Lists whose items have a type -> the types there are.
_TYPED = {"horizontal_content_list": (0, 1, 2, 3), "jump_list": (0, 1, 2, 3)}
# What a kind of card cannot be without.
_NEEDED = {
    "vote_interaction": ("checkbox", "submit_button"),
    "multiple_interaction": ("select_list", "submit_button"),
}
_TITLE = {"title": 26, "desc": 30}
_SUBTITLE = 112
_TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")


def card_kind(card: Json) -> str:
    """Return the card_type of a card that the platform takes.

    Raises BadShape with the name of the first field that is missing, too long or too many.
    """
    kind = text(card, "card_type")
    if kind not in KINDS:
        raise BadShape("card_type")
    _check_task_id(card, required=kind.endswith("_interaction"))
    _check_words(card, kind)
    _check_lists(card, kind)
    _check_choices(card)
    _check_looks(card)
    if kind == "button_interaction":
        _check_buttons(card)
    if kind.endswith("_notice") and whole(record(card, "card_action"), "type", 0) not in (1, 2):
        raise BadShape("card_action")
    return kind


def button(card: Json, wanted: str) -> Json | None:
    """Return the button of this key or text, None without one."""
    for one in records(card, "button_list"):
        if wanted in (text(one, "key", ""), text(one, "text")):
            return one
    return None


def shown(card: Json, **more: object) -> Json:
    """Return the card as an attachment on a phone."""
    return {**card, "type": "template_card", **more}


def title(card: Json) -> str:
    """Return the words that stand for a card in a list of messages."""
    return text(record(card, "main_title"), "title", "") or text(card, "sub_title_text", "")


def _check_task_id(card: Json, *, required: bool) -> None:
    task_id = text(card, "task_id", "")
    if (required or task_id) and not _TASK_ID.fullmatch(task_id):
        raise BadShape("task_id")


def _check_words(card: Json, kind: str) -> None:
    head = record(card, "main_title")
    if any(len(text(head, name, "")) > most for name, most in _TITLE.items()):
        raise BadShape("main_title")
    if len(text(card, "sub_title_text", "")) > _SUBTITLE:
        raise BadShape("sub_title_text")
    if not title(card) or (kind != "text_notice" and not text(head, "title", "")):
        raise BadShape("main_title")


def _check_lists(card: Json, kind: str) -> None:
    for name in _NEEDED.get(kind, ()):
        if not card.get(name):
            raise BadShape(name)
    for name, most in _LISTS.items():
        listed = records(card, name)
        kinds = _TYPED.get(name)
        if len(listed) > most:
            raise BadShape(name)
        if kinds and any(whole(one, "type", 0) not in kinds for one in listed):
            raise BadShape(name)


def _check_choices(card: Json) -> None:
    box = record(card, "checkbox")
    if box and whole(box, "mode", 0) not in (0, 1):
        raise BadShape("checkbox")
    if box and not 1 <= len(records(box, "option_list")) <= OPTIONS:
        raise BadShape("checkbox")
    for one in records(card, "select_list"):
        if not 1 <= len(records(one, "option_list")) <= CHOICES:
            raise BadShape("select_list")


def _check_looks(card: Json) -> None:
    if whole(record(card, "source"), "desc_color", 0) not in COLOURS:
        raise BadShape("source")
    menu = record(card, "action_menu")
    if menu and not 1 <= len(records(menu, "action_list")) <= ACTIONS:
        raise BadShape("action_menu")
    ratio = record(card, "card_image").get("aspect_ratio", FLATTEST)
    if not isinstance(ratio, int | float) or not FLATTEST <= ratio <= LONGEST:
        raise BadShape("card_image")


def _check_buttons(card: Json) -> None:
    buttons = records(card, "button_list")
    if not buttons:
        raise BadShape("button_list")
    for one in buttons:
        key_bytes = len(text(one, "key", "").encode())
        leads_away = whole(one, "type", 0) == 1
        if not text(one, "text") or (not leads_away and not 1 <= key_bytes <= KEY_BYTES):
            raise BadShape("button_list")
        if whole(one, "style", 1) not in STYLES:
            raise BadShape("button_list")
