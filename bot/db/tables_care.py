"""Tables of taking care: what is paused, whom we erased, how far what is old has been cleared away.

Times are UTC integer microseconds. A table docstring holds no semicolon: the SQLite schema editor
would split its statement there.
"""

from tortoise import fields
from tortoise.models import Model


class Erasure(Model):
    """A member who was erased, by the random id that their books go on under.

    `again_us`: when what a decision under way had still written was erased as well.
    """

    id = fields.BigIntField(primary_key=True)
    person_id = fields.CharField(max_length=26, unique=True)
    reason = fields.TextField(db_default="")
    by = fields.CharField(max_length=64, db_default="")
    at_us = fields.BigIntField()
    again_us = fields.BigIntField(null=True)

    class Meta:
        table = "erasure"


class ErasedName(Model):
    """A keyed digest of a name of somebody who was erased, so that no list brings them back."""

    id = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64)
    person_id = fields.CharField(max_length=26)

    class Meta:
        table = "erased_name"
        unique_together = (("digest", "person_id"),)


class Clearing(Model):
    """How far one sort of old rows has been cleared: up to which row, and how many are gone."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=32, unique=True)
    upto = fields.BigIntField(db_default=0)
    gone = fields.BigIntField(db_default=0)
    kept_since_us = fields.BigIntField(null=True)
    at_us = fields.BigIntField(db_default=0)
    round_us = fields.BigIntField(db_default=0)

    class Meta:
        table = "clearing"


class Pause(Model):
    """What an operator has stopped until further notice, by its name, such as `all-sending`."""

    name = fields.CharField(max_length=160, primary_key=True)
    reason = fields.TextField(db_default="")
    by = fields.CharField(max_length=64, db_default="")
    at_us = fields.BigIntField()

    class Meta:
        table = "pause"
