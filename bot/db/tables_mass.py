"""Tables of mass messages: what was asked for, one part an employee, one row a receiver.

Times are UTC integer microseconds. A table docstring holds no semicolon: the SQLite schema editor
would split its statement there.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Mass(Model):
    """A mass message under its operator's name. `state`: open or stopped.

    `letter`, `selection` and `left_out` (reasons with their counts) are JSON.
    """

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=64, unique=True)
    account = fields.CharField(max_length=64)
    letter = fields.TextField()
    selection = fields.TextField()
    left_out = fields.TextField()
    state = fields.CharField(max_length=16, db_default="open")
    inbox_id = fields.BigIntField()
    at_us = fields.BigIntField()

    class Meta:
        table = "mass"


class MassPart(Model):
    """What one employee is asked to confirm. `state`: owed, made, failed, done or stopped."""

    id = fields.BigIntField(primary_key=True)
    mass = fields.CharField(max_length=64)
    account = fields.CharField(max_length=64)
    part = fields.CharField(max_length=96)
    staff = fields.CharField(max_length=64)
    msgid = fields.CharField(max_length=128, db_default="")
    state = fields.CharField(max_length=16, db_default="owed")
    trouble = fields.TextField(db_default="")
    made_us = fields.BigIntField(null=True)
    tapped_us = fields.BigIntField(null=True)
    read_us = fields.BigIntField(null=True)

    class Meta:
        table = "mass_part"
        unique_together = (("mass", "part"),)
        indexes = (Index(fields=("account", "state", "made_us"), name="mass_part_open"),)


class MassReceiver(Model):
    """A customer or group and what became of a mass message to it.

    `state`: promised, sent, gone (no friend any more), capped (by the platform), refused, free
    (never sent, the promise is taken back), or left (we left it out, it was at the cap).
    """

    id = fields.BigIntField(primary_key=True)
    mass = fields.CharField(max_length=64)
    part = fields.CharField(max_length=96)
    receiver = fields.CharField(max_length=64)
    state = fields.CharField(max_length=16, db_default="promised")
    at_us = fields.BigIntField()

    class Meta:
        table = "mass_receiver"
        unique_together = (("mass", "receiver"),)
        indexes = (Index(fields=("state", "at_us"), name="mass_receiver_counted"),)
