"""Token hints over Redis: an account and a generation by the post, never a token."""

from bot.shared.hints import OwnHints
from bot.shared.over_redis.post import Post

_WORD = "token"


class PostedHints(OwnHints):
    """Tells the other processes of new generations, and hears of theirs."""

    def __init__(self, post: Post) -> None:
        super().__init__()
        self._post = post
        post.hear(_WORD, self._heard)

    def tell(self, account: str, generation: int) -> None:
        """Remember the newest generation and tell the others."""
        super().tell(account, generation)
        self._post.say(_WORD, f"{account} {generation}")

    def _heard(self, told: str) -> None:
        account, _, generation = told.partition(" ")
        if generation.isdecimal():
            super().tell(account, int(generation))
