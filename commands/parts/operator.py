"""The operator at this machine: whoever may read a home's key may tell its server what to do."""

import hashlib
import hmac

from bot.shop import Source

OPERATOR = "operator:"  # no id of a source in settings.yaml ends in a colon
KINDS = frozenset({
    "erase", "masses", "names", "pauses", "reconcile", "requeue", "resolve", "trace", "unmerge",
})  # fmt: skip


def operator_of(instance_key: bytes) -> Source:
    """Return the operator as a source of signed calls; the secret never leaves this machine."""
    secret = hmac.new(instance_key, b"operator", hashlib.sha256).hexdigest().encode()
    return Source(id=OPERATOR, kinds=KINDS, secret=secret)
