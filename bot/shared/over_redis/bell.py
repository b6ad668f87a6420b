"""The bell over Redis: a word by the post; losing it costs the half second of a poll."""

from bot.shared.bell import OwnBell
from bot.shared.over_redis.post import Post

_WORD = "bell"


class PostedBell(OwnBell):
    """Wakes the other processes by the post."""

    def __init__(self, post: Post) -> None:
        super().__init__()
        self._post = post
        post.hear(_WORD, lambda _lane: self.heard())

    def ring(self, lane: int) -> None:
        """Wake the other processes, a burst of rings once."""
        self._post.say(_WORD, str(lane))
