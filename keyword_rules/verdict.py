"""Why a rule's words did not hit, in the terms its author used."""

from collections.abc import Sequence

from keyword_rules.compiled import Asked
from keyword_rules.conditions import Failed
from keyword_rules.finder import Finder, Sight
from keyword_rules.rule import Mode, Phrase

_WHY_SEEN = {
    Mode.WORD: "word_boundary",
    Mode.EQUALS: "equals",
    Mode.PREFIX: "prefix",
    Mode.SUFFIX: "suffix",
    Mode.SOUND: "sound",
}
_CUT = frozenset({Mode.WORD, Mode.SOUND})  # what is told of these is where words begin and end
_WHY_ABSENT = {Mode.SOUND: "sound", Mode.REGEX: "regex"}


def words_failed(asked: Asked, sight: Sight, finder: Finder, said: str) -> Failed | None:
    """The first of `all`, `any` and `none` that does not hold in what was said, or None."""
    if asked.all and (lacking := [n for n in asked.all if n not in sight.found]):
        return _absent(lacking, sight, finder, said)
    if asked.any and sight.found.isdisjoint(asked.any):
        return _absent(asked.any, sight, finder, said)
    if asked.none and (present := [n for n in asked.none if n in sight.found]):
        want = "、".join(finder.phrases[number].text for number in present)
        return Failed(why="excluded", want=want, got=said)
    return None


def _absent(numbers: Sequence[int], sight: Sight, finder: Finder, said: str) -> Failed:
    if not sight.seen.isdisjoint(numbers):
        seen = [finder.phrases[number] for number in numbers if number in sight.seen]
        return _seen(max(seen, key=lambda phrase: len(phrase.text)), finder, said)
    phrases = [finder.phrases[number] for number in numbers]
    modes = {phrase.mode for phrase in phrases}
    why = _WHY_ABSENT.get(phrases[0].mode, "words") if len(modes) == 1 else "words"
    return Failed(why=why, want="、".join([phrase.text for phrase in phrases]), got=said)


def _seen(phrase: Phrase, finder: Finder, said: str) -> Failed:
    got = "/".join(finder.segment(said)) if phrase.mode in _CUT else said
    return Failed(why=_WHY_SEEN.get(phrase.mode, "words"), want=phrase.text, got=got)
