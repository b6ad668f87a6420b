"""Tables of the work itself: what came in, what is owed, why, and what operators should see.

Times are UTC integer microseconds. A table docstring holds no semicolon: the SQLite schema editor
would split its statement there.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Meta(Model):
    """One fact about this database: the instance key's fingerprint, the schema version."""

    key = fields.CharField(max_length=64, primary_key=True)
    value = fields.TextField()

    class Meta:
        table = "meta"


class Inbox(Model):
    """A callback, or an event of our own, on the threshold between accept and decide."""

    id = fields.BigIntField(primary_key=True)
    event_id = fields.CharField(max_length=26, unique=True)
    account = fields.CharField(max_length=64)
    source = fields.CharField(max_length=16)
    dedupe = fields.CharField(max_length=64, unique=True)
    kind = fields.CharField(max_length=128)
    body = fields.BinaryField()
    received_us = fields.BigIntField()
    event_us = fields.BigIntField(null=True)
    lane = fields.IntField(db_default=1)
    state = fields.CharField(max_length=16, db_default="new")
    attempts = fields.IntField(db_default=0)
    next_us = fields.BigIntField(db_default=0)
    duplicates = fields.IntField(db_default=0)
    person_id = fields.CharField(max_length=26, null=True)
    answer = fields.BinaryField(null=True)
    error = fields.TextField(null=True)
    decided_us = fields.BigIntField(null=True)

    class Meta:
        table = "inbox"
        indexes = (
            Index(fields=("state", "lane", "id"), name="inbox_state"),
            Index(fields=("person_id",), name="inbox_person"),
        )


class Effect(Model):
    """A remote effect we owe, from planned to its last outcome.

    `owner` is the worker that last began it.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=255, unique=True)
    inbox_id = fields.BigIntField()
    person_id = fields.CharField(max_length=26, null=True)
    account = fields.CharField(max_length=64)
    rule = fields.CharField(max_length=128, db_default="")
    kind = fields.CharField(max_length=32)
    klass = fields.CharField(max_length=1)
    policy = fields.CharField(max_length=16)
    order_key = fields.CharField(max_length=255, db_default="")
    lane = fields.IntField()
    deadline_us = fields.BigIntField(null=True)
    next_us = fields.BigIntField(db_default=0)
    body = fields.TextField()
    state = fields.CharField(max_length=16, db_default="ready")
    carrier = fields.CharField(max_length=16, db_default="call")
    attempts = fields.IntField(db_default=0)
    fence = fields.IntField(db_default=0)
    owner = fields.CharField(max_length=26, db_default="")
    sent_us = fields.BigIntField(null=True)
    code = fields.IntField(null=True)
    meaning = fields.TextField(db_default="")
    created_us = fields.BigIntField()
    done_us = fields.BigIntField(null=True)

    class Meta:
        table = "effect"
        indexes = (
            Index(fields=("state", "lane", "next_us"), name="effect_state"),
            Index(fields=("state", "deadline_us"), name="effect_deadline"),
            Index(fields=("order_key", "state"), name="effect_order"),
            Index(fields=("inbox_id",), name="effect_inbox"),
            Index(fields=("person_id",), name="effect_person"),
        )


class Worker(Model):
    """One process that carries effects out, alive until `until_us` by the database's clock.

    Processes of one `machine` see each other's pids, "" where that is not known. `ruleset` is the
    hash of the rules it goes by since `ruleset_us`, "" while it has none.
    """

    id = fields.CharField(max_length=26, primary_key=True)
    host = fields.CharField(max_length=255)
    machine = fields.CharField(max_length=32, db_default="")
    pid = fields.IntField()
    role = fields.CharField(max_length=16)
    started_us = fields.BigIntField()
    until_us = fields.BigIntField()
    ruleset = fields.CharField(max_length=16, db_default="")
    ruleset_us = fields.BigIntField(db_default=0)
    rule_problems = fields.IntField(db_default=0)

    class Meta:
        table = "worker"


class Attempt(Model):
    """One try of an effect, and how far it came."""

    id = fields.BigIntField(primary_key=True)
    effect_id = fields.BigIntField()
    n = fields.IntField()
    began_us = fields.BigIntField()
    ended_us = fields.BigIntField(null=True)
    phase = fields.CharField(max_length=16, db_default="intent")
    code = fields.IntField(null=True)
    meaning = fields.TextField(db_default="")

    class Meta:
        table = "attempt"
        indexes = (Index(fields=("effect_id",), name="attempt_effect"),)


class Trace(Model):
    """Why an event had the consequences it had."""

    id = fields.BigIntField(primary_key=True)
    inbox_id = fields.BigIntField(unique=True)
    person_id = fields.CharField(max_length=26, null=True)
    body = fields.TextField()
    at_us = fields.BigIntField()

    class Meta:
        table = "trace"
        indexes = (Index(fields=("person_id",), name="trace_person"),)


class Token(Model):
    """The access token of an account: `generation` rises with each refresh."""

    account = fields.CharField(max_length=64, primary_key=True)
    value = fields.TextField()
    generation = fields.BigIntField()
    expires_us = fields.BigIntField()
    fetched_us = fields.BigIntField()

    class Meta:
        table = "token"


class Memory(Model):
    """What the calls of an account must know next time, such as how far a kf account is read."""

    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(max_length=64)
    name = fields.CharField(max_length=255)
    value = fields.TextField()

    class Meta:
        table = "memory"
        unique_together = (("account", "name"),)


class Refusal(Model):
    """Callbacks refused at the door, counted by account, step and day: their bytes are not kept.

    `last_us` and `reason` are those of the newest.
    """

    id = fields.BigIntField(primary_key=True)
    account = fields.CharField(max_length=64)
    step = fields.CharField(max_length=16)
    day = fields.CharField(max_length=10)
    count = fields.IntField(db_default=0)
    last_us = fields.BigIntField(db_default=0)
    reason = fields.TextField(db_default="")

    class Meta:
        table = "refusal"
        unique_together = (("account", "step", "day"),)


class Notice(Model):
    """Something operators should look at today."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=128, unique=True)
    text = fields.TextField()
    at_us = fields.BigIntField()

    class Meta:
        table = "notice"


class GapRow(Model):
    """A phrase no rule knew."""

    id = fields.BigIntField(primary_key=True)
    inbox_id = fields.BigIntField(unique=True)
    person_id = fields.CharField(max_length=26, null=True)
    text = fields.TextField()
    at_us = fields.BigIntField()

    class Meta:
        table = "gap"
