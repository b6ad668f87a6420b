"""The five template cards, each a value (apps-and-bots.md section 4.5).

Every `body` raises Unfit where the platform would refuse.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.platforms.call import known
from bot.platforms.checks import need, within_chars, within_count
from bot.platforms.wecom.api.card_parts import (
    SUBTITLE_CHARS,
    Boxes,
    Heading,
    Image,
    ImageText,
    Jump,
    Line,
    Menu,
    Question,
    Quote,
    Source,
    Tap,
    Target,
    listed,
    parts,
)

_TASK = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
_LINES, _JUMPS, _STACKED, _BUTTONS, _QUESTIONS = 6, 3, 4, 6, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Card:
    """What all cards may have; `task` is 1 to 128 letters, digits, `_`, `-`, `@`, and new."""

    kind: ClassVar[str]
    heading: Heading
    task: str = ""
    source: Source | None = None
    menu: Menu | None = None

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        need(not self.task or bool(_TASK.fullmatch(self.task)), "卡片的 task_id 不合法")
        need(bool(self.task) or not self.must_have_task(), "这种卡片要有 task_id")
        common = known(card_type=self.kind, main_title=self.heading.body(), task_id=self.task)
        return {**common, **parts(source=self.source, action_menu=self.menu)}

    def must_have_task(self) -> bool:
        """Return whether something on it can be tapped that is told back."""
        return self.menu is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notice(_Card):
    """A card to read, which leads somewhere as a whole."""

    action: Target
    quote: Quote | None = None
    lines: tuple[Line, ...] = ()
    jumps: tuple[Jump, ...] = ()

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.action.url or self.action.appid), "卡片整体点开只能是网址或小程序")
        return {
            **_Card.body(self),
            **parts(card_action=self.action, quote_area=self.quote),
            **known(
                horizontal_content_list=listed("卡片的行", self.lines, _LINES),
                jump_list=listed("卡片的跳转", self.jumps, _JUMPS),
            ),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TextNotice(_Notice):
    """Words with one figure that stands out; a title or a subtitle of 112 characters must be."""

    kind: ClassVar[str] = "text_notice"
    emphasis: Heading | None = None
    subtitle: str = ""

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.heading.title or self.subtitle), "文字卡片要有标题或正文")
        within_chars("卡片正文", self.subtitle, SUBTITLE_CHARS)
        more = {**parts(emphasis_content=self.emphasis), **known(sub_title_text=self.subtitle)}
        return {**_Notice.body(self), **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsNotice(_Notice):
    """A picture with words: a large one above, or a small one beside them."""

    kind: ClassVar[str] = "news_notice"
    image: Image | ImageText
    stacked: tuple[Heading, ...] = ()

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.heading.title), "图文卡片要有标题")
        name = "card_image" if isinstance(self.image, Image) else "image_text_area"
        below = listed("卡片的竖排内容", self.stacked, _STACKED)
        return {
            **_Notice.body(self),
            **parts(**{name: self.image}),
            **known(vertical_content_list=below),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonCard(_Card):
    """Words over 1 to 6 buttons, with a question to answer before if there is one."""

    kind: ClassVar[str] = "button_interaction"
    buttons: tuple[Tap, ...]
    subtitle: str = ""
    question: Question | None = None
    quote: Quote | None = None
    lines: tuple[Line, ...] = ()
    action: Target | None = None

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        within_chars("卡片正文", self.subtitle, SUBTITLE_CHARS)
        within_count("卡片按钮", self.buttons, _BUTTONS, least=1)
        shown = parts(
            button_selection=self.question, quote_area=self.quote, card_action=self.action
        )
        return {
            **_Card.body(self),
            **known(sub_title_text=self.subtitle),
            **shown,
            **known(horizontal_content_list=listed("卡片的行", self.lines, _LINES)),
            "button_list": [one.styled() for one in self.buttons],
        }

    def must_have_task(self) -> bool:
        """Return yes: a tap is told by its task."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteCard(_Card):
    """A vote over up to 20 options."""

    kind: ClassVar[str] = "vote_interaction"
    boxes: Boxes
    submit: Tap

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        return {**_Card.body(self), **parts(checkbox=self.boxes, submit_button=self.submit)}

    def must_have_task(self) -> bool:
        """Return yes: a vote is told by its task."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsCard(_Card):
    """1 to 3 questions, answered together."""

    kind: ClassVar[str] = "multiple_interaction"
    questions: tuple[Question, ...]
    submit: Tap

    def body(self) -> dict[str, Any]:
        """Return it as the platform takes it."""
        within_count("卡片的问题", self.questions, _QUESTIONS, least=1)
        return {
            **_Card.body(self),
            "select_list": [one.body() for one in self.questions],
            **parts(submit_button=self.submit),
        }

    def must_have_task(self) -> bool:
        """Return yes: the answers are told by their task."""
        return True


TemplateCard = TextNotice | NewsNotice | ButtonCard | VoteCard | QuestionsCard
