"""The parts that template cards are made of (apps-and-bots.md section 4.5).

Every `body` raises Unfit where the platform would refuse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.platforms.call import known
from bot.platforms.checks import need, within_bytes, within_chars, within_count

TITLE_CHARS, DESCRIPTION_CHARS, SUBTITLE_CHARS = 26, 30, 112
_COLOURS, _STYLES = range(4), range(1, 5)
_KEY_BYTES = 1024
_QUESTION_BYTES = 200
_RATIOS = (1.3, 2.25)
MOST_OPTIONS, MOST_BOXES = 10, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who the card is from; `colour` 0 grey, 1 black, 2 red, 3 green."""

    icon: str = ""
    text: str = ""
    colour: int = 0

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        need(self.colour in _COLOURS, "卡片来源的颜色应为 0～3")
        return known(icon_url=self.icon, desc=self.text, desc_color=self.colour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A title of at most 26 characters over a description of 30."""

    title: str = ""
    text: str = ""

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        within_chars("卡片标题", self.title, TITLE_CHARS)
        within_chars("卡片标题下的描述", self.text, DESCRIPTION_CHARS)
        return known(title=self.title, desc=self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a tap leads: an address, a page of a mini program, or a question put to the bot."""

    url: str = ""
    appid: str = ""
    page: str = ""
    question: str = ""

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        if self.url:
            return {"type": 1, "url": self.url}
        if self.appid:
            return {"type": 2, "appid": self.appid, **known(pagepath=self.page)}
        within_bytes("卡片的提问", self.question, _QUESTION_BYTES, least=1)
        return {"type": 3, "question": self.question}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Quoted words, which may lead somewhere."""

    title: str = ""
    text: str = ""
    target: Target | None = None

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        leads = self.target.body() if self.target else {}
        return {**leads, **known(title=self.title, quote_text=self.text)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A name and a value side by side; the value may be an address or an employee."""

    name: str
    value: str = ""
    url: str = ""
    staff: str = ""

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.name), "卡片里的一行没有名字")
        kind = 1 if self.url else 3 if self.staff else None
        more = known(type=kind, value=self.value, url=self.url, userid=self.staff)
        return {"keyname": self.name, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A line at the foot that leads somewhere."""

    title: str
    target: Target

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.title), "卡片的跳转没有标题")
        return {**self.target.body(), "title": self.title}


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture by its address, 1.3 to 2.25 times as wide as high."""

    url: str
    ratio: float = 1.3

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        narrow, wide = _RATIOS
        need(bool(self.url), "卡片图片没有网址")
        need(narrow <= self.ratio <= wide, "卡片图片的宽高比应为 1.3～2.25")
        return {"url": self.url, "aspect_ratio": self.ratio}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageText:
    """A small picture beside a title, which may lead somewhere."""

    image: str
    title: str = ""
    text: str = ""
    target: Target | None = None

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.image), "卡片的左图没有网址")
        leads = self.target.body() if self.target else {}
        return {**leads, "image_url": self.image, **known(title=self.title, desc=self.text)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A button that is told back by its key; `style` 1 to 4. Also an entry of a card's menu."""

    text: str
    key: str
    style: int = 1

    def body(self) -> dict[str, Any]:
        """Return it as a menu or a submit button takes it."""
        need(bool(self.text), "卡片的按钮没有文字")
        within_bytes("卡片按钮的 key", self.key, _KEY_BYTES, least=1)
        return {"text": self.text, "key": self.key}

    def styled(self) -> dict[str, Any]:
        """Return it as a list of buttons takes it."""
        need(self.style in _STYLES, "卡片按钮的样式应为 1～4")
        return {**self.body(), "style": self.style}


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The card's corner menu of 1 to 3 entries."""

    taps: tuple[Tap, ...]
    text: str = ""

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        within_count("卡片右上角的菜单项", self.taps, 3, least=1)
        return {**known(desc=self.text), "action_list": [one.body() for one in self.taps]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose."""

    id: str
    text: str
    chosen: bool = False

    def body(self) -> dict[str, Any]:
        """Return it as a list to choose from takes it."""
        need(bool(self.id and self.text), "卡片的选项要有 id 和文字")
        return {"id": self.id, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One of 1 to 10 options is chosen; told back under `key`."""

    key: str
    options: tuple[Option, ...]
    title: str = ""

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("卡片问题的 key", self.key, _KEY_BYTES, least=1)
        within_count("卡片问题的选项", self.options, MOST_OPTIONS, least=1)
        chosen = next((one.id for one in self.options if one.chosen), "")
        return {
            "question_key": self.key,
            **known(title=self.title, selected_id=chosen),
            "option_list": [one.body() for one in self.options],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """A vote over 1 to 20 options, for one of them or with `many` for several."""

    key: str
    options: tuple[Option, ...]
    many: bool = False

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("卡片投票的 key", self.key, _KEY_BYTES, least=1)
        within_count("卡片投票的选项", self.options, MOST_BOXES, least=1)
        options = [{**one.body(), "is_checked": one.chosen} for one in self.options]
        return {"question_key": self.key, "mode": int(self.many), "option_list": options}


Part = Source | Heading | Target | Quote | Image | ImageText | Menu | Question | Boxes | Tap


def parts(**given: Part | None) -> dict[str, Any]:
    """Return the parts that are there, by the platform's names for them."""
    return {name: one.body() for name, one in given.items() if one is not None}


def listed(name: str, given: Sequence[Line | Jump | Heading], most: int) -> list[Mapping[str, Any]]:
    """Return parts that come several at a time. Raises Unfit above `most`."""
    within_count(name, given, most)
    return [one.body() for one in given]
