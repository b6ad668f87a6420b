"""Tables of who is who, and of what they bought.

Times are UTC integer microseconds. A table docstring holds no semicolon: the SQLite schema editor
would split its statement there.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class ShopOrder(Model):
    """An order as its newest revision tells it, and whose it is, once that is known.

    A revision may leave out when, where and by whom: each of these has the revision it is from.
    """

    id = fields.BigIntField(primary_key=True)
    source = fields.CharField(max_length=64)
    number = fields.CharField(max_length=128)
    revision = fields.BigIntField()
    state = fields.CharField(max_length=16)
    total_fen = fields.BigIntField()
    refunded_fen = fields.BigIntField(db_default=0)
    paid_us = fields.BigIntField(null=True)
    paid_from = fields.BigIntField(db_default=-1)
    store = fields.CharField(max_length=64, db_default="")
    store_from = fields.BigIntField(db_default=-1)
    names_from = fields.BigIntField(db_default=-1)
    person_id = fields.CharField(max_length=26, null=True)
    inbox_id = fields.BigIntField()
    told_us = fields.BigIntField()

    class Meta:
        table = "shop_order"
        unique_together = (("source", "number"),)
        indexes = (Index(fields=("person_id",), name="shop_order_member"),)


class OrderName(Model):
    """One name that an order carries, by the keyed hash under which names are looked up."""

    id = fields.BigIntField(primary_key=True)
    order_id = fields.BigIntField()
    digest = fields.CharField(max_length=64)
    kind = fields.CharField(max_length=32)
    rank = fields.IntField()

    class Meta:
        table = "order_name"
        unique_together = (("order_id", "digest"),)
        indexes = (Index(fields=("digest",), name="order_name_digest"),)


class MergeLog(Model):
    """Two members taken for one: who stayed, why, and every row that moved, so it can be undone."""

    id = fields.BigIntField(primary_key=True)
    keep_id = fields.CharField(max_length=26)
    gone_id = fields.CharField(max_length=26)
    how = fields.CharField(max_length=32)
    moved = fields.TextField()
    inbox_id = fields.BigIntField()
    at_us = fields.BigIntField()
    undone_us = fields.BigIntField(null=True)
    undone_by = fields.CharField(max_length=64, db_default="")

    class Meta:
        table = "merge_log"
        indexes = (
            Index(fields=("keep_id",), name="merge_keep"),
            Index(fields=("gone_id",), name="merge_gone"),
        )


class LinkToken(Model):
    """A token that proves, at another door, to be this member: kept as a keyed hash, used once."""

    id = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    person_id = fields.CharField(max_length=26)
    account = fields.CharField(max_length=64)
    made_us = fields.BigIntField()
    expires_us = fields.BigIntField()
    used_us = fields.BigIntField(null=True)

    class Meta:
        table = "link_token"
        indexes = (Index(fields=("person_id",), name="link_token_member"),)
