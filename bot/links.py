"""The link to a coupon's page: whose coupon it is, which answer gave it, and that we made it."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from bot.ids import ulid_of, ulid_value

_COUPON_BYTES, _PERSON_BYTES, _GIVEN_BYTES, _MAC_BYTES = 5, 16, 5, 16
_BODY_BYTES = _COUPON_BYTES + _PERSON_BYTES + _GIVEN_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponLink:
    """What a link says. `given` is the inbox row whose answer held it: a later link is newer."""

    coupon: int
    person: str
    given: int


def sealed_link(instance_key: bytes, link: CouponLink) -> str:
    """Return a link as it stands in a URL: 56 characters that nobody else can make."""
    body = (
        link.coupon.to_bytes(_COUPON_BYTES, "big")
        + ulid_value(link.person).to_bytes(_PERSON_BYTES, "big")
        + link.given.to_bytes(_GIVEN_BYTES, "big")
    )
    return base64.urlsafe_b64encode(body + _mac(instance_key, body)).decode()


def opened_link(instance_key: bytes, text: str) -> CouponLink | None:
    """Return what a link says, or None when we did not make it."""
    try:
        raw = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    body, mac = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
    if not hmac.compare_digest(mac, _mac(instance_key, body)):
        return None
    return CouponLink(
        coupon=int.from_bytes(body[:_COUPON_BYTES], "big"),
        person=ulid_of(int.from_bytes(body[_COUPON_BYTES:-_GIVEN_BYTES], "big")),
        given=int.from_bytes(body[-_GIVEN_BYTES:], "big"),
    )


def _mac(instance_key: bytes, body: bytes) -> bytes:
    key = hmac.digest(instance_key, b"coupon-link", hashlib.sha256)
    return hmac.digest(key, body, hashlib.sha256)[:_MAC_BYTES]
