"""What goes along with words, made to fit the way they take: menus, links, pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.actions import Choice, Speak, with_menu

MENU_LINES = 10  # wecom/kf.md section 5, like the bytes above a menu
_HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What one way takes besides words.

    `room` is how many links and pictures may follow as messages of their own. `no_image` says in
    Chinese why it takes no picture, "" when it does.
    """

    menu: bool = False
    room: int = 0
    no_image: str = ""


def fit(said: Sequence[Speak], way: Way) -> tuple[Speak, ...]:
    """Return the words so that the way takes all of them; what was given up stands in `why`.

    A menu or a link that cannot go as such is written into the text. Pictures come after all the
    links, and one too many is left out. Withheld words stay as they are.
    """
    menus = way.menu and len(words_of(said).encode()) <= _HEAD_BYTES
    room, linked = way.room, []
    for one in said:
        words = one if menus or one.withheld else _menu_as_text(one)
        if words.link and not words.withheld:
            room -= 1
            words = words if room >= 0 else _link_as_text(words)
        linked.append(words)
    return tuple(_pictured(linked, max(room, 0), way))


def words_of(said: Sequence[Speak]) -> str:
    """Return all the words that go out as one text."""
    return "\n\n".join(one.text for one in said if one.text and not one.withheld)


def menu_of(said: Sequence[Speak]) -> tuple[Choice, ...]:
    """Return the lines of all the menus as one, at most 10, each under a number of its own."""
    contents = [choice.content for one in said for choice in one.menu]
    lines = tuple(dict.fromkeys(contents))[:MENU_LINES]
    return tuple(Choice(id=f"m{n}", content=content) for n, content in enumerate(lines, 1))


def _menu_as_text(words: Speak) -> Speak:
    if not words.menu:
        return words
    return replace(words, text=with_menu(words.text, words.menu), menu=())


def _link_as_text(words: Speak) -> Speak:
    if words.link is None:
        return words
    line = "：".join(filter(None, (words.link.title, words.link.url)))
    return replace(words, text=f"{words.text}\n{line}", link=None)


def _pictured(said: Sequence[Speak], room: int, way: Way) -> Iterator[Speak]:
    for words in said:
        if not words.image or words.withheld:
            yield words
        elif way.no_image or room <= 0:
            reason = way.no_image or "这一轮只能再发这么多条"
            yield replace(words, image="", why=f"{words.why}；图片 {words.image} 没有发：{reason}")
        else:
            room -= 1
            yield words
