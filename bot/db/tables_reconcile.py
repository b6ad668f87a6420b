"""Tables of comparing with the platforms: how each run went, what it has seen, what it found.

Times are UTC integer microseconds. A table docstring holds no semicolon: the SQLite schema editor
would split its statement there.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Comparison(Model):
    """One part of one run for one account. `state`: running, done, refused, resting, unfinished.

    `waiting` counts answers still to come, `trouble` holds a line for each thing not compared.
    """

    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(max_length=64)
    run = fields.CharField(max_length=32)
    part = fields.CharField(max_length=16)
    state = fields.CharField(max_length=16, db_default="running")
    compared = fields.IntField(db_default=0)
    waiting = fields.IntField(db_default=0)
    trouble = fields.TextField(db_default="")
    inbox_id = fields.BigIntField()
    began_us = fields.BigIntField()
    ended_us = fields.BigIntField(null=True)

    class Meta:
        table = "comparison"
        unique_together = (("account", "run", "part"),)
        indexes = (Index(fields=("account", "began_us"), name="comparison_account"),)


class Sighting(Model):
    """Somebody whom a list showed that is not read to its end yet."""

    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(max_length=64)
    run = fields.CharField(max_length=32)
    part = fields.CharField(max_length=16)
    about = fields.CharField(max_length=64, db_default="")
    name = fields.CharField(max_length=255)

    class Meta:
        table = "sighting"
        unique_together = (("account", "part", "about", "name", "run"),)


class GapFound(Model):
    """Something that no callback told us, once for each happening."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=255, unique=True)
    account = fields.CharField(max_length=64)
    run = fields.CharField(max_length=32)
    part = fields.CharField(max_length=16)
    what = fields.CharField(max_length=16)
    about = fields.CharField(max_length=64, db_default="")
    member = fields.CharField(max_length=255)
    person_id = fields.CharField(max_length=26, null=True)
    inbox_id = fields.BigIntField()
    happened_us = fields.BigIntField(null=True)
    found_us = fields.BigIntField()
    certain = fields.IntField(db_default=1)

    class Meta:
        table = "gap_found"
        indexes = (
            Index(fields=("account", "found_us"), name="gap_found_account"),
            Index(fields=("member", "about"), name="gap_found_member"),
        )
