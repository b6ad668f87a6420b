"""Tables of what employees do: proposals they should say, PINs they mistyped.

Times are UTC integer microseconds. A table docstring holds no semicolon: the SQLite schema editor
would split its statement there.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Proposal(Model):
    """Words that an employee should say to a member in a group. `state`: open, sent or skipped."""

    id = fields.BigIntField(primary_key=True)
    task = fields.CharField(max_length=64, unique=True)
    account = fields.CharField(max_length=64)
    chat = fields.CharField(max_length=64)
    staff = fields.CharField(max_length=64)
    person_id = fields.CharField(max_length=26)
    text = fields.TextField()
    state = fields.CharField(max_length=16, db_default="open")
    response_code = fields.TextField(db_default="")
    inbox_id = fields.BigIntField()
    at_us = fields.BigIntField()
    done_us = fields.BigIntField(null=True)
    done_by = fields.CharField(max_length=64, db_default="")

    class Meta:
        table = "proposal"
        indexes = (
            Index(fields=("state", "id"), name="proposal_state"),
            Index(fields=("person_id",), name="proposal_member"),
        )


class TillGuard(Model):
    """Wrong PINs at one store's cashier page, by where they came from, and the pause they cost."""

    id = fields.BigIntField(primary_key=True)
    store = fields.CharField(max_length=64)
    place = fields.CharField(max_length=64)
    failures = fields.IntField(db_default=0)
    until_us = fields.BigIntField(db_default=0)
    at_us = fields.BigIntField()

    class Meta:
        table = "till_guard"
        unique_together = (("store", "place"),)
