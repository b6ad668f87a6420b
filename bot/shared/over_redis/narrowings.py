"""Refusals of too many calls at once over Redis: account, moment and API by the post."""

from bot.shared.narrowings import OwnNarrowings
from bot.shared.over_redis.post import Post

_WORD = "narrow"


class PostedNarrowings(OwnNarrowings):
    """Tells the other processes of refusals, and hears of theirs."""

    def __init__(self, post: Post) -> None:
        super().__init__()
        self._post = post
        post.hear(_WORD, self._heard)

    def tell(self, account: str, api: str, began_us: int) -> None:
        """Tell the other processes of a refused call."""
        self._post.say(_WORD, f"{account} {began_us} {api}")

    def _heard(self, told: str) -> None:
        account, _, rest = told.partition(" ")
        began_us, _, api = rest.partition(" ")
        if account in self._hearers and began_us.isdecimal() and api:
            self._hearers[account](api, int(began_us))
