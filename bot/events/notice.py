"""What becomes of service notices, and who agrees to them (oa/replies-and-messages.md 3)."""

from dataclasses import dataclass

from bot.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReported(Event):
    """A template message reached its follower, or did not: `failure` "" when it did.

    `failure` is `block` when the follower refuses the account's notices, else what the platform
    said.
    """

    msgid: str
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a follower answered for one subscription template."""

    template: str
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAnswered(Event):
    """A follower was asked, and agreed to one more notice of each template, or did not."""

    consents: tuple[Consent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged(Event):
    """A follower switched the notices of some templates on or off in their own settings."""

    consents: tuple[Consent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """What became of one subscription notice; `code` 0 when it reached its follower."""

    template: str
    msgid: str
    code: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionReported(Event):
    """Subscription notices reached their follower, or did not; each used up one consent."""

    notices: tuple[Subscribed, ...]
