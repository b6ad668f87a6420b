"""A maker of rules that is ended by files that say crash, and held up by those that say hang."""

import os
import time
from collections.abc import Callable

from commands.reload import child
from keyword_rules import load
from keyword_rules.parse import Parsed, parse_rules
from keyword_rules.rule import Segment, Vocabulary

_HELD_S = 60.0


def _parse(
    file: str,
    raw: bytes,
    vocabulary: Vocabulary,
    segment: Segment,
    same_sound: Callable[[str], str] = str,
) -> Parsed:
    if b"crash" in raw:
        os._exit(9)
    if b"hang" in raw:
        time.sleep(_HELD_S)
    return parse_rules(file, raw, vocabulary, segment, same_sound)


if __name__ == "__main__":
    load.parse_rules = _parse  # type: ignore[attr-defined]  # what the maker's rules are read by
    child.main()
