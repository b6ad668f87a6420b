"""Tables of the shop: members and their tags, coupons on their shelves, groups and their seats.

Times are UTC integer microseconds. A table docstring holds no semicolon: the SQLite schema editor
would split its statement there.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class RuleHit(Model):
    """A hit of a rule, counted for its limits, or a member's meeting with it, counted for its nth.

    `op` is hit or met. Store and group are told of hits alone. A hit of nobody we know has no
    member.
    """

    id = fields.BigIntField(primary_key=True)
    person_id = fields.CharField(max_length=26, db_default="")
    rule = fields.CharField(max_length=128)
    op = fields.CharField(max_length=8, db_default="hit")
    store = fields.CharField(max_length=64, db_default="")
    chat = fields.CharField(max_length=64, db_default="")
    at_us = fields.BigIntField()

    class Meta:
        table = "rule_hit"
        indexes = (
            Index(fields=("person_id", "rule", "op", "at_us"), name="rule_hit_member"),
            Index(fields=("store", "rule", "at_us"), name="rule_hit_store"),
            Index(fields=("chat", "rule", "at_us"), name="rule_hit_chat"),
        )


class Person(Model):
    """One member. A merged row points to the one that survived."""

    id = fields.CharField(max_length=26, primary_key=True)
    merged_into = fields.CharField(max_length=26, null=True)
    stage = fields.CharField(max_length=32, db_default="visitor")
    store = fields.CharField(max_length=64, db_default="")
    misses = fields.IntField(db_default=0)
    told_us = fields.BigIntField(null=True)
    created_us = fields.BigIntField()

    class Meta:
        table = "person"


class AliasRow(Model):
    """One name of a member, looked up by a keyed hash of kind, scope and value.

    `beside` is the hash of the name it was learnt with, empty for one that came by itself.
    """

    id = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    kind = fields.CharField(max_length=32)
    scope = fields.CharField(max_length=128)
    value = fields.CharField(max_length=255)
    beside = fields.CharField(max_length=64, db_default="")
    person_id = fields.CharField(max_length=26)

    class Meta:
        table = "alias"
        indexes = (
            Index(fields=("person_id",), name="alias_person"),
            Index(fields=("value",), name="alias_value"),
        )


class Reach(Model):
    """One way to reach a member: a follower of an account, or a contact of one member of staff."""

    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(max_length=64)
    channel = fields.CharField(max_length=16)
    address = fields.CharField(max_length=255)
    staff = fields.CharField(max_length=64, db_default="")
    person_id = fields.CharField(max_length=26)
    is_on = fields.IntField(db_default=1)
    spoke_us = fields.BigIntField(null=True)
    changed_us = fields.BigIntField(db_default=0)

    class Meta:
        table = "reach"
        unique_together = (("account", "address", "staff"),)
        indexes = (
            Index(fields=("person_id",), name="reach_person"),
            Index(fields=("staff", "changed_us"), name="reach_staff"),
        )


class Talk(Model):
    """A conversation in customer service: who holds it, and what may still be said in it."""

    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(max_length=64)
    kf = fields.CharField(max_length=64)
    member = fields.CharField(max_length=64)
    person_id = fields.CharField(max_length=26)
    chat = fields.CharField(max_length=64, db_default="")
    state = fields.CharField(max_length=16, db_default="")
    spoke_us = fields.BigIntField(null=True)
    staff_us = fields.BigIntField(null=True)
    sent = fields.IntField(db_default=0)

    class Meta:
        table = "talk"
        unique_together = (("account", "kf", "member"),)
        indexes = (Index(fields=("person_id",), name="talk_person"),)


class Tag(Model):
    """One line of the tag journal: the current tags are the last line of each name."""

    id = fields.BigIntField(primary_key=True)
    person_id = fields.CharField(max_length=26)
    name = fields.CharField(max_length=128)
    value = fields.CharField(max_length=255, db_default="")
    op = fields.CharField(max_length=8)
    at_us = fields.BigIntField()
    expires_us = fields.BigIntField(null=True)
    inbox_id = fields.BigIntField()
    rule = fields.CharField(max_length=128, db_default="")
    ruleset = fields.CharField(max_length=16, db_default="")

    class Meta:
        table = "tag"
        unique_together = (("inbox_id", "person_id", "name", "op"),)
        indexes = (
            Index(fields=("person_id", "name"), name="tag_member"),
            Index(fields=("name", "at_us"), name="tag_day"),
        )


class LabelId(Model):
    """The platform's id of one of our labels."""

    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(max_length=64)
    name = fields.CharField(max_length=128)
    platform_id = fields.CharField(max_length=64)

    class Meta:
        table = "label"
        unique_together = (("account", "name"),)


class Coupon(Model):
    """A shelf row: one coupon code of a campaign, on the shelf or given."""

    id = fields.BigIntField(primary_key=True)
    campaign = fields.CharField(max_length=64)
    code = fields.CharField(max_length=64, unique=True)
    state = fields.CharField(max_length=16, db_default="shelf")

    class Meta:
        table = "coupon"
        indexes = (Index(fields=("campaign", "state", "id"), name="coupon_shelf"),)


class CouponGrant(Model):
    """A member's share of a campaign. After a merge a second code in one slot names the first.

    `device` is bound to the coupon's page, by a link that the answer to inbox row `device_given`
    held.
    """

    id = fields.BigIntField(primary_key=True)
    campaign = fields.CharField(max_length=64)
    person_id = fields.CharField(max_length=26)
    ordinal = fields.IntField(null=True)
    coupon_id = fields.BigIntField(unique=True)
    same_as = fields.BigIntField(null=True)
    inbox_id = fields.BigIntField()
    granted_us = fields.BigIntField()
    expires_us = fields.BigIntField()
    device = fields.CharField(max_length=64, db_default="")
    device_given = fields.BigIntField(db_default=0)

    class Meta:
        table = "coupon_grant"
        unique_together = (("campaign", "person_id", "ordinal"),)
        indexes = (
            Index(fields=("person_id",), name="coupon_grant_member"),
            Index(fields=("granted_us",), name="coupon_grant_day"),
        )


class Redemption(Model):
    """A coupon taken in at a till: one that stands for each coupon, and those taken back.

    `undone` is 0 while it stands, and the row's own id once it was taken back.
    """

    id = fields.BigIntField(primary_key=True)
    coupon_id = fields.BigIntField()
    code = fields.CharField(max_length=64)
    store = fields.CharField(max_length=64)
    cashier = fields.CharField(max_length=64, db_default="")
    request = fields.CharField(max_length=128)
    inbox_id = fields.BigIntField()
    at_us = fields.BigIntField()
    undone = fields.BigIntField(db_default=0)
    undone_us = fields.BigIntField(null=True)
    undone_by = fields.CharField(max_length=64, db_default="")

    class Meta:
        table = "redemption"
        unique_together = (("coupon_id", "undone"),)
        indexes = (Index(fields=("store", "at_us"), name="redemption_store"),)


class ChatGroup(Model):
    """What we know of a customer group beyond the pool's file."""

    chat = fields.CharField(max_length=64, primary_key=True)
    account = fields.CharField(max_length=64)
    name = fields.CharField(max_length=128, db_default="")
    owner = fields.CharField(max_length=64, db_default="")
    state = fields.CharField(max_length=16, db_default="open")
    config_id = fields.CharField(max_length=64, db_default="")
    qr_code = fields.TextField(db_default="")
    staff = fields.IntField(db_default=0)
    kf = fields.CharField(max_length=64, db_default="")
    kf_link = fields.TextField(db_default="")
    welcome = fields.CharField(max_length=64, db_default="")
    welcome_digest = fields.CharField(max_length=64, db_default="")

    class Meta:
        table = "chat_group"


class SeatRow(Model):
    """A customer's seat in a group, taken or left."""

    id = fields.BigIntField(primary_key=True)
    chat = fields.CharField(max_length=64)
    member = fields.CharField(max_length=64)
    person_id = fields.CharField(max_length=26, null=True)
    joined_us = fields.BigIntField()
    left_us = fields.BigIntField(null=True)

    class Meta:
        table = "seat"
        unique_together = (("chat", "member"),)
        indexes = (Index(fields=("person_id",), name="seat_person"),)


class Invite(Model):
    """The way into a pool that a member was shown: one for each member and pool."""

    id = fields.BigIntField(primary_key=True)
    pool = fields.CharField(max_length=64)
    person_id = fields.CharField(max_length=26)
    chat = fields.CharField(max_length=64)
    ticket = fields.CharField(max_length=64, unique=True)
    at_us = fields.BigIntField()

    class Meta:
        table = "invite"
        unique_together = (("pool", "person_id"),)
        indexes = (Index(fields=("chat", "at_us"), name="invite_chat"),)
