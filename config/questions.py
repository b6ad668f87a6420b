"""Reads which words of employees ask which question about their store's day."""

from collections.abc import Mapping

from config.fields import Fields
from config.nouns import STAFF_QUESTIONS


def staff_questions(fields: Fields) -> Mapping[str, tuple[str, ...]]:
    """Return each question's words; what `staff_questions` leaves out keeps its usual ones.

    A question without words is not answered. An unknown question is a problem at its place.
    """
    inner = fields.inside("staff_questions")
    if inner is None:
        return STAFF_QUESTIONS
    read = {name: inner.texts(name) for name in STAFF_QUESTIONS}
    inner.finish()
    return {
        name: words if name in inner.named else STAFF_QUESTIONS[name]
        for name, words in read.items()
    }
