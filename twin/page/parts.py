"""What comes with a message besides its words: cards, menus, pictures, and what can be tapped."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from twin.page.lines import Line
from twin.page.links import Piece, Tap, piece, strong, tap
from twin.page.words import Words
from twin.shape import BadShape, Json, record, records, text
from twin.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One card, picture or menu. `kind` is its name for people; `opens` what tapping it does."""

    kind: str = ""
    title: str = ""
    text: str = ""
    picture: str = ""
    opens: Piece | None = None
    rows: tuple[tuple[str, str], ...] = ()
    taps: tuple[Tap, ...] = ()
    entries: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who looks at which chat, in which language.

    `owner` and `chat` name the filed lines, `who` acts by tapping; a `still` chat is another
    person's and cannot be tapped from here.
    """

    stage: Stage
    owner: str
    who: str
    chat: str
    say: Words
    still: bool = False

    def kf(self) -> str:
        """Return the kf account of the chat, "" in another chat."""
        kind, _, which = self.chat.partition(":")
        return which if kind == "kf" else ""


def parts(hand: Hand, line: Line) -> tuple[Part, ...]:
    """Return what a line shows besides its words; what nobody knows shows its type."""
    made = (one for told in line.attachments for one in _read(hand, told))
    return tuple(_stilled(one) if hand.still else one for one in made)


def is_told_by_parts(line: Line) -> bool:
    """Tell whether the words of a line only repeat what its cards say."""
    kinds = {str(one.get("type", "")) for one in line.attachments}
    return bool(kinds & {"msgmenu", "menu", "link", "textcard", "news", "template_card"})


def _stilled(part: Part) -> Part:
    entries = tuple(replace(one, tap=None) for one in part.entries)
    return replace(part, taps=(), entries=entries)


def _read(hand: Hand, told: Json) -> Iterator[Part]:
    kind = str(told.get("type", ""))
    try:
        yield from _PARTS.get(kind, _other)(hand, told)
    except BadShape:  # the bot put something of another kind there
        yield Part(kind=hand.say.kind(kind))


def _other(hand: Hand, told: Json) -> Iterator[Part]:
    kind = hand.say.kind(str(told.get("type", "")))
    named = ("title", "name", "media_id", "article_id", "card_id", "text")
    title = next((text(told, one) for one in named if told.get(one)), "")
    yield Part(kind=kind, title=title, text=text(told, "desc", "") or text(told, "address", ""))


def _link(hand: Hand, told: Json) -> Iterator[Part]:
    url = text(told, "url", "") or text(told, "link_url", "")
    title = text(told, "title", "") or url
    words = text(told, "desc", "") or text(told, "description", "")
    yield Part(
        kind=hand.say.kind("link"),
        title=title,
        text=words,
        picture=picture(hand, text(told, "picurl", "")),
        opens=piece(hand.stage, hand.who, url, title),
    )


def _articles(hand: Hand, told: Json) -> Iterator[Part]:
    for one in records(told, "articles"):
        yield from _link(hand, one)


def _image(hand: Hand, told: Json) -> Iterator[Part]:
    seen = picture(hand, text(told, "pic_url", "") or text(told, "picurl", ""))
    held = text(told, "media_id", "")
    source = seen or (
        f"/page/media/{quote(held, safe='')}" if held and _is_held(hand, held) else ""
    )
    yield Part(kind=hand.say.kind("image"), picture=source, title="" if source else held)


def _is_held(hand: Hand, media_id: str) -> bool:
    return held_picture(hand.stage, media_id) is not None


def held_picture(stage: Stage, media_id: str) -> tuple[bytes, str] | None:
    """Return an uploaded picture and its content type, None for what is none."""
    for owner in stage.world.accounts():
        medium = stage.media.found(owner.id, media_id, stage.now())
        if medium is None:
            continue
        for magic, kind in _MAGIC.items():
            if medium.content.startswith(magic):
                return medium.content, kind
    return None


def picture(hand: Hand, url: str) -> str:
    """Return the address a picture is loaded from: ours for the platform's, "" for others."""
    base, path = url.partition(urlsplit(url).path or " ")[0], urlsplit(url).path
    if base in hand.stage.bases.values() and path.startswith(("/pic/", "/qr/")):
        return path
    return ""


def _reply_menu(hand: Hand, told: Json) -> Iterator[Part]:
    items = records(told, "items")
    yield Part(
        kind=hand.say.kind("menu"),
        taps=tuple(
            tap(text(one, "content"), "tap_reply", hand.who, id=text(one, "id", ""))
            for one in items
        ),
    )


def _kf_menu(hand: Hand, told: Json) -> Iterator[Part]:
    lines = tuple(_kf_entry(hand, one) for one in records(told, "list"))
    head, tail = text(told, "head_content", ""), text(told, "tail_content", "")
    yield Part(kind=hand.say.kind("menu"), title=head, text=tail, entries=lines)


def _kf_entry(hand: Hand, one: Json) -> Piece:
    kind = text(one, "type", "")
    inside = record(one, kind)
    label = text(inside, "content", "")
    if kind == "click":
        made = tap(label, "kf_tap", hand.who, id=text(inside, "id", ""), kf=hand.kf())
        return Piece(text=label, tap=made)
    if kind == "view":
        return piece(hand.stage, hand.who, text(inside, "url", ""), label)
    return Piece(text=label)


def _invitation(hand: Hand, told: Json) -> Iterator[Part]:
    employee = hand.stage.world.employee(text(told, "userid", ""))
    name = text(told, "name", "") or (employee.name if employee else "")
    label = hand.say("join_group" if told["type"] == "group_card" else "add_staff")
    made = strong(tap(label, "tap_card", hand.who, kf=hand.kf()))
    yield Part(kind=hand.say.kind(str(told["type"])), title=name, taps=(made,))


def _notice(hand: Hand, told: Json) -> Iterator[Part]:
    values = record(told, "values")
    url = text(told, "url", "") or text(told, "page", "")
    opens = piece(hand.stage, hand.who, url, hand.say("open")) if url else None
    rows = tuple((key, str(one)) for key, one in values.items())
    yield Part(kind=hand.say.kind("notice"), rows=rows, opens=opens)


def _reason(hand: Hand, told: Json) -> Iterator[Part]:
    yield Part(kind=hand.say.kind("reason"), text=text(told, "text", ""))


def _app_card(hand: Hand, told: Json) -> Iterator[Part]:
    head, jump = record(told, "main_title"), record(told, "card_action")
    rows = tuple(
        (text(one, "keyname", ""), text(one, "value", ""))
        for one in records(told, "horizontal_content_list")
    )
    leads = text(jump, "url", "")
    named = text(head, "title", "") or hand.say("open")
    made = Part(
        kind=text(record(told, "source"), "desc", "") or hand.say.kind("template_card"),
        title=text(head, "title", ""),
        text="\n".join(filter(None, (text(head, "desc", ""), *_quoted(told)))),
        rows=rows,
        opens=piece(hand.stage, hand.who, leads, named) if leads else None,
        taps=_buttons(hand, told),
    )
    yield made
    submit = record(told, "submit_button")
    if submit:
        key = {"key": text(submit, "key", ""), "task_id": text(told, "task_id", "")}
        label = text(submit, "text", "") or hand.say("send")
        yield replace(made, taps=(tap(label, "tap_button", hand.who, **key),), rows=(), text="")


def _quoted(told: Json) -> tuple[str, ...]:
    quote_area = record(told, "quote_area")
    emphasis = record(told, "emphasis_content")
    return (
        text(emphasis, "title", ""),
        text(told, "sub_title_text", ""),
        text(quote_area, "title", ""),
        text(quote_area, "quote_text", ""),
    )


def _buttons(hand: Hand, told: Json) -> tuple[Tap, ...]:
    """The buttons as they are now: once one was renamed, its new name is all that is left."""
    task_id = text(told, "task_id", "")
    employee = hand.stage.world.employee(hand.who)
    card = hand.stage.app.newest(employee.userid, task_id) if employee and task_id else None
    if card is None or not employee or employee.userid in card.closed:
        return ()
    return tuple(
        tap(
            text(one, "text", ""), "tap_button", hand.who, key=text(one, "key", ""), task_id=task_id
        )
        for one in records(card.views[employee.userid], "button_list")
        if one.get("key")
    )


def _task(hand: Hand, told: Json) -> Iterator[Part]:
    mass = hand.stage.masses.by_id.get(text(told, "msgid", ""))
    employee = hand.stage.world.employee(hand.who)
    mine = mass.tasks.get(employee.userid) if mass and employee else None
    waits = mass is not None and mine is not None and mine.sent is None and not mass.cancelled
    made = tap(hand.say("confirm_send"), "confirm_mass", hand.who, task=text(told, "msgid", ""))
    state = hand.say("waits_for_tap" if waits else "task_over")
    yield Part(kind=hand.say.kind("mass_task"), text=state, taps=(made,) if waits else ())


_MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
_PARTS: Mapping[str, Callable[[Hand, Json], Iterator[Part]]] = {
    "link": _link,
    "textcard": _link,
    "ca_link": _link,
    "news": _articles,
    "image": _image,
    "menu": _reply_menu,
    "msgmenu": _kf_menu,
    "group_card": _invitation,
    "member_card": _invitation,
    "notice": _notice,
    "reason": _reason,
    "template_card": _app_card,
    "mass_task": _task,
}
