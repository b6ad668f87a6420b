"""Every word of the page in both languages, and how a text is looked up."""

from twin.page.words_table import FAULTS, KINDS, NOTES, TEXTS

_COLUMN = {"zh": 0, "en": 1}


class Words:
    """The texts of one language. A missing text is a KeyError, not an empty page."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._at = _COLUMN[language]

    def __call__(self, key: str) -> str:
        """Return the text of this name."""
        return TEXTS[key][self._at]

    def kind(self, kind: str) -> str:
        """Return what people call a kind of message; one nobody knows keeps its own name."""
        known = KINDS.get(kind)
        return known[self._at] if known else kind

    def note(self, note: str, more: str) -> str:
        """Return what an event without words says in a chat."""
        known = NOTES.get(f"{note}.{more}") or NOTES.get(note)
        said = known[self._at] if known else f"{note} {{}}"
        return said.replace("{}", more).strip()

    def step(self, step: str) -> str:
        """Return what people call a step of the verification of a callback address."""
        known = TEXTS.get(f"step_{step}")
        return known[self._at] if known else step

    def fault(self, kind: str) -> str:
        """Return what a fault does."""
        known = FAULTS.get(kind)
        return known[self._at] if known else kind
