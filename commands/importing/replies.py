"""A set of somebody else's automatic replies, whatever it was written in."""

from collections.abc import Sequence
from dataclasses import dataclass

from keyword_rules.rule import Mode

IMPORTED = "imported-"  # how the ids and files of everything that was imported begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply: words, perhaps with a link; or in `by_hand` what only a person can bring over."""

    text: str = ""
    link: str = ""
    link_title: str = ""
    by_hand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """One keyword rule. Each of `words` is compared by its own mode; one of them is enough."""

    name: str
    words: tuple[tuple[str, Mode], ...]
    replies: tuple[Reply, ...]
    at_random: bool = False  # one of the replies, not all
    remarks: tuple[str, ...] = ()  # what of it cannot be brought over


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A sentence and what the other program answered: nothing, or these texts in turn."""

    text: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySet:
    """Everything of one source that answers by itself.

    With `every`, all rules that a sentence hits answer it, in their order; else one does.
    `origin` stands for the content: equal content has an equal one.
    """

    name: str = ""
    title: str = ""
    origin: str = ""
    rules: tuple[Keywords, ...] = ()
    every: bool = False
    channels: tuple[str, ...] = ()
    follow: Reply | None = None
    default: Reply | None = None
    examples: tuple[Example, ...] = ()
    remarks: Sequence[str] = ()


def says(word: str, mode: Mode, text: str) -> bool:
    """Whether the other program would have found a word in a text; patterns are not tried.

    >>> says("天气", Mode.CONTAINS, "今天天气"), says("天气", Mode.EQUALS, "今天天气")
    (True, False)
    """
    word, text = word.strip().casefold(), text.strip().casefold()
    match mode:
        case Mode.EQUALS:
            return word == text
        case Mode.PREFIX:
            return text.startswith(word)
        case Mode.SUFFIX:
            return text.endswith(word)
        case _:
            return mode is not Mode.REGEX and word in text
