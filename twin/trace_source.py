"""Where the bot under test tells its own traces, when it has such an API; the page shows them."""

from dataclasses import dataclass, field

from twin.shape import Json, text


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSource:
    """An address that is asked with `?digest=`, `?msg=` or `?member=` and a bearer key.

    The empty one says that the bot has none, or that nobody has told of it.
    """

    url: str = ""
    key: str = field(default="", repr=False)

    @classmethod
    def read(cls, told: Json) -> "TraceSource":
        """Return what `{"url", "key"}` says; both may be left out. Raises BadShape."""
        return cls(url=text(told, "url", ""), key=text(told, "key", ""))

    def told(self) -> Json:
        """Return it as the wiring tells it, the key too: whoever reads the wiring has every key."""
        return {"url": self.url, "key": self.key}
