from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AliasRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("kind", fields.CharField(max_length=32)),
                ("scope", fields.CharField(max_length=128)),
                ("value", fields.CharField(max_length=255)),
                ("beside", fields.CharField(db_default="", max_length=64)),
                ("person_id", fields.CharField(max_length=26)),
            ],
            options={
                "table": "alias",
                "app": "xiaoer",
                "indexes": [
                    Index(fields=["person_id"], name="alias_person"),
                    Index(fields=["value"], name="alias_value"),
                ],
                "pk_attr": "id",
                "table_description": "One name of a member, looked up by a keyed hash of kind, scope and value.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("effect_id", fields.BigIntField()),
                ("n", fields.IntField()),
                ("began_us", fields.BigIntField()),
                ("ended_us", fields.BigIntField(null=True)),
                ("phase", fields.CharField(db_default="intent", max_length=16)),
                ("code", fields.IntField(null=True)),
                ("meaning", fields.TextField(db_default="", unique=False)),
            ],
            options={
                "table": "attempt",
                "app": "xiaoer",
                "indexes": [Index(fields=["effect_id"], name="attempt_effect")],
                "pk_attr": "id",
                "table_description": "One try of an effect, and how far it came.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ChatGroup",
            fields=[
                (
                    "chat",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("account", fields.CharField(max_length=64)),
                ("name", fields.CharField(db_default="", max_length=128)),
                ("owner", fields.CharField(db_default="", max_length=64)),
                ("state", fields.CharField(db_default="open", max_length=16)),
                ("config_id", fields.CharField(db_default="", max_length=64)),
                ("qr_code", fields.TextField(db_default="", unique=False)),
                ("staff", fields.IntField(db_default=0)),
                ("kf", fields.CharField(db_default="", max_length=64)),
                ("kf_link", fields.TextField(db_default="", unique=False)),
                ("welcome", fields.CharField(db_default="", max_length=64)),
                ("welcome_digest", fields.CharField(db_default="", max_length=64)),
            ],
            options={
                "table": "chat_group",
                "app": "xiaoer",
                "pk_attr": "chat",
                "table_description": "What we know of a customer group beyond the pool's file.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Clearing",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(unique=True, max_length=32)),
                ("upto", fields.BigIntField(db_default=0)),
                ("gone", fields.BigIntField(db_default=0)),
                ("kept_since_us", fields.BigIntField(null=True)),
                ("at_us", fields.BigIntField(db_default=0)),
                ("round_us", fields.BigIntField(db_default=0)),
            ],
            options={
                "table": "clearing",
                "app": "xiaoer",
                "pk_attr": "id",
                "table_description": "How far one sort of old rows has been cleared: up to which row, and how many are gone.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Comparison",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("account", fields.CharField(max_length=64)),
                ("run", fields.CharField(max_length=32)),
                ("part", fields.CharField(max_length=16)),
                ("state", fields.CharField(db_default="running", max_length=16)),
                ("compared", fields.IntField(db_default=0)),
                ("waiting", fields.IntField(db_default=0)),
                ("trouble", fields.TextField(db_default="", unique=False)),
                ("inbox_id", fields.BigIntField()),
                ("began_us", fields.BigIntField()),
                ("ended_us", fields.BigIntField(null=True)),
            ],
            options={
                "table": "comparison",
                "app": "xiaoer",
                "unique_together": (("account", "run", "part"),),
                "indexes": [Index(fields=["account", "began_us"], name="comparison_account")],
                "pk_attr": "id",
                "table_description": "One part of one run for one account. `state`: running, done, refused, resting, unfinished.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Coupon",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("campaign", fields.CharField(max_length=64)),
                ("code", fields.CharField(unique=True, max_length=64)),
                ("state", fields.CharField(db_default="shelf", max_length=16)),
            ],
            options={
                "table": "coupon",
                "app": "xiaoer",
                "indexes": [Index(fields=["campaign", "state", "id"], name="coupon_shelf")],
                "pk_attr": "id",
                "table_description": "A shelf row: one coupon code of a campaign, on the shelf or given.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CouponGrant",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("campaign", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(max_length=26)),
                ("ordinal", fields.IntField(null=True)),
                ("coupon_id", fields.BigIntField(unique=True)),
                ("same_as", fields.BigIntField(null=True)),
                ("inbox_id", fields.BigIntField()),
                ("granted_us", fields.BigIntField()),
                ("expires_us", fields.BigIntField()),
                ("device", fields.CharField(db_default="", max_length=64)),
                ("device_given", fields.BigIntField(db_default=0)),
            ],
            options={
                "table": "coupon_grant",
                "app": "xiaoer",
                "unique_together": (("campaign", "person_id", "ordinal"),),
                "indexes": [
                    Index(fields=["person_id"], name="coupon_grant_member"),
                    Index(fields=["granted_us"], name="coupon_grant_day"),
                ],
                "pk_attr": "id",
                "table_description": "A member's share of a campaign. After a merge a second code in one slot names the first.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Effect",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("key", fields.CharField(unique=True, max_length=255)),
                ("inbox_id", fields.BigIntField()),
                ("person_id", fields.CharField(null=True, max_length=26)),
                ("account", fields.CharField(max_length=64)),
                ("rule", fields.CharField(db_default="", max_length=128)),
                ("kind", fields.CharField(max_length=32)),
                ("klass", fields.CharField(max_length=1)),
                ("policy", fields.CharField(max_length=16)),
                ("order_key", fields.CharField(db_default="", max_length=255)),
                ("lane", fields.IntField()),
                ("deadline_us", fields.BigIntField(null=True)),
                ("next_us", fields.BigIntField(db_default=0)),
                ("body", fields.TextField(unique=False)),
                ("state", fields.CharField(db_default="ready", max_length=16)),
                ("carrier", fields.CharField(db_default="call", max_length=16)),
                ("attempts", fields.IntField(db_default=0)),
                ("fence", fields.IntField(db_default=0)),
                ("owner", fields.CharField(db_default="", max_length=26)),
                ("sent_us", fields.BigIntField(null=True)),
                ("code", fields.IntField(null=True)),
                ("meaning", fields.TextField(db_default="", unique=False)),
                ("created_us", fields.BigIntField()),
                ("done_us", fields.BigIntField(null=True)),
            ],
            options={
                "table": "effect",
                "app": "xiaoer",
                "indexes": [
                    Index(fields=["state", "lane", "next_us"], name="effect_state"),
                    Index(fields=["state", "deadline_us"], name="effect_deadline"),
                    Index(fields=["order_key", "state"], name="effect_order"),
                    Index(fields=["inbox_id"], name="effect_inbox"),
                    Index(fields=["person_id"], name="effect_person"),
                ],
                "pk_attr": "id",
                "table_description": "A remote effect we owe, from planned to its last outcome.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ErasedName",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("digest", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(max_length=26)),
            ],
            options={
                "table": "erased_name",
                "app": "xiaoer",
                "unique_together": (("digest", "person_id"),),
                "pk_attr": "id",
                "table_description": "A keyed digest of a name of somebody who was erased, so that no list brings them back.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("person_id", fields.CharField(unique=True, max_length=26)),
                ("reason", fields.TextField(db_default="", unique=False)),
                ("by", fields.CharField(db_default="", max_length=64)),
                ("at_us", fields.BigIntField()),
                ("again_us", fields.BigIntField(null=True)),
            ],
            options={
                "table": "erasure",
                "app": "xiaoer",
                "pk_attr": "id",
                "table_description": "A member who was erased, by the random id that their books go on under.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="GapFound",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(unique=True, max_length=255)),
                ("account", fields.CharField(max_length=64)),
                ("run", fields.CharField(max_length=32)),
                ("part", fields.CharField(max_length=16)),
                ("what", fields.CharField(max_length=16)),
                ("about", fields.CharField(db_default="", max_length=64)),
                ("member", fields.CharField(max_length=255)),
                ("person_id", fields.CharField(null=True, max_length=26)),
                ("inbox_id", fields.BigIntField()),
                ("happened_us", fields.BigIntField(null=True)),
                ("found_us", fields.BigIntField()),
                ("certain", fields.IntField(db_default=1)),
            ],
            options={
                "table": "gap_found",
                "app": "xiaoer",
                "indexes": [
                    Index(fields=["account", "found_us"], name="gap_found_account"),
                    Index(fields=["member", "about"], name="gap_found_member"),
                ],
                "pk_attr": "id",
                "table_description": "Something that no callback told us, once for each happening.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="GapRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("inbox_id", fields.BigIntField(unique=True)),
                ("person_id", fields.CharField(null=True, max_length=26)),
                ("text", fields.TextField(unique=False)),
                ("at_us", fields.BigIntField()),
            ],
            options={
                "table": "gap",
                "app": "xiaoer",
                "pk_attr": "id",
                "table_description": "A phrase no rule knew.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Inbox",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("event_id", fields.CharField(unique=True, max_length=26)),
                ("account", fields.CharField(max_length=64)),
                ("source", fields.CharField(max_length=16)),
                ("dedupe", fields.CharField(unique=True, max_length=64)),
                ("kind", fields.CharField(max_length=128)),
                ("body", fields.BinaryField()),
                ("received_us", fields.BigIntField()),
                ("event_us", fields.BigIntField(null=True)),
                ("lane", fields.IntField(db_default=1)),
                ("state", fields.CharField(db_default="new", max_length=16)),
                ("attempts", fields.IntField(db_default=0)),
                ("next_us", fields.BigIntField(db_default=0)),
                ("duplicates", fields.IntField(db_default=0)),
                ("person_id", fields.CharField(null=True, max_length=26)),
                ("answer", fields.BinaryField(null=True)),
                ("error", fields.TextField(null=True, unique=False)),
                ("decided_us", fields.BigIntField(null=True)),
            ],
            options={
                "table": "inbox",
                "app": "xiaoer",
                "indexes": [
                    Index(fields=["state", "lane", "id"], name="inbox_state"),
                    Index(fields=["person_id"], name="inbox_person"),
                ],
                "pk_attr": "id",
                "table_description": "A callback, or an event of our own, on the threshold between accept and decide.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Invite",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("pool", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(max_length=26)),
                ("chat", fields.CharField(max_length=64)),
                ("ticket", fields.CharField(unique=True, max_length=64)),
                ("at_us", fields.BigIntField()),
            ],
            options={
                "table": "invite",
                "app": "xiaoer",
                "unique_together": (("pool", "person_id"),),
                "indexes": [Index(fields=["chat", "at_us"], name="invite_chat")],
                "pk_attr": "id",
                "table_description": "The way into a pool that a member was shown: one for each member and pool.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LabelId",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("account", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=128)),
                ("platform_id", fields.CharField(max_length=64)),
            ],
            options={
                "table": "label",
                "app": "xiaoer",
                "unique_together": (("account", "name"),),
                "pk_attr": "id",
                "table_description": "The platform's id of one of our labels.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LinkToken",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("digest", fields.CharField(unique=True, max_length=64)),
                ("person_id", fields.CharField(max_length=26)),
                ("account", fields.CharField(max_length=64)),
                ("made_us", fields.BigIntField()),
                ("expires_us", fields.BigIntField()),
                ("used_us", fields.BigIntField(null=True)),
            ],
            options={
                "table": "link_token",
                "app": "xiaoer",
                "indexes": [Index(fields=["person_id"], name="link_token_member")],
                "pk_attr": "id",
                "table_description": "A token that proves, at another door, to be this member: kept as a keyed hash, used once.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Mass",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(unique=True, max_length=64)),
                ("account", fields.CharField(max_length=64)),
                ("letter", fields.TextField(unique=False)),
                ("selection", fields.TextField(unique=False)),
                ("left_out", fields.TextField(unique=False)),
                ("state", fields.CharField(db_default="open", max_length=16)),
                ("inbox_id", fields.BigIntField()),
                ("at_us", fields.BigIntField()),
            ],
            options={
                "table": "mass",
                "app": "xiaoer",
                "pk_attr": "id",
                "table_description": "A mass message under its operator's name. `state`: open or stopped.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MassPart",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("mass", fields.CharField(max_length=64)),
                ("account", fields.CharField(max_length=64)),
                ("part", fields.CharField(max_length=96)),
                ("staff", fields.CharField(max_length=64)),
                ("msgid", fields.CharField(db_default="", max_length=128)),
                ("state", fields.CharField(db_default="owed", max_length=16)),
                ("trouble", fields.TextField(db_default="", unique=False)),
                ("made_us", fields.BigIntField(null=True)),
                ("tapped_us", fields.BigIntField(null=True)),
                ("read_us", fields.BigIntField(null=True)),
            ],
            options={
                "table": "mass_part",
                "app": "xiaoer",
                "unique_together": (("mass", "part"),),
                "indexes": [Index(fields=["account", "state", "made_us"], name="mass_part_open")],
                "pk_attr": "id",
                "table_description": "What one employee is asked to confirm. `state`: owed, made, failed, done or stopped.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MassReceiver",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("mass", fields.CharField(max_length=64)),
                ("part", fields.CharField(max_length=96)),
                ("receiver", fields.CharField(max_length=64)),
                ("state", fields.CharField(db_default="promised", max_length=16)),
                ("at_us", fields.BigIntField()),
            ],
            options={
                "table": "mass_receiver",
                "app": "xiaoer",
                "unique_together": (("mass", "receiver"),),
                "indexes": [Index(fields=["state", "at_us"], name="mass_receiver_counted")],
                "pk_attr": "id",
                "table_description": "A customer or group and what became of a mass message to it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Memory",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("account", fields.CharField(max_length=64)),
                ("name", fields.CharField(max_length=255)),
                ("value", fields.TextField(unique=False)),
            ],
            options={
                "table": "memory",
                "app": "xiaoer",
                "unique_together": (("account", "name"),),
                "pk_attr": "id",
                "table_description": "What the calls of an account must know next time, such as how far a kf account is read.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MergeLog",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("keep_id", fields.CharField(max_length=26)),
                ("gone_id", fields.CharField(max_length=26)),
                ("how", fields.CharField(max_length=32)),
                ("moved", fields.TextField(unique=False)),
                ("inbox_id", fields.BigIntField()),
                ("at_us", fields.BigIntField()),
                ("undone_us", fields.BigIntField(null=True)),
                ("undone_by", fields.CharField(db_default="", max_length=64)),
            ],
            options={
                "table": "merge_log",
                "app": "xiaoer",
                "indexes": [
                    Index(fields=["keep_id"], name="merge_keep"),
                    Index(fields=["gone_id"], name="merge_gone"),
                ],
                "pk_attr": "id",
                "table_description": "Two members taken for one: who stayed, why, and every row that moved, so it can be undone.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Meta",
            fields=[
                (
                    "key",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("value", fields.TextField(unique=False)),
            ],
            options={
                "table": "meta",
                "app": "xiaoer",
                "pk_attr": "key",
                "table_description": "One fact about this database: the instance key's fingerprint, the schema version.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(unique=True, max_length=128)),
                ("text", fields.TextField(unique=False)),
                ("at_us", fields.BigIntField()),
            ],
            options={
                "table": "notice",
                "app": "xiaoer",
                "pk_attr": "id",
                "table_description": "Something operators should look at today.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OrderName",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("order_id", fields.BigIntField()),
                ("digest", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=32)),
                ("rank", fields.IntField()),
            ],
            options={
                "table": "order_name",
                "app": "xiaoer",
                "unique_together": (("order_id", "digest"),),
                "indexes": [Index(fields=["digest"], name="order_name_digest")],
                "pk_attr": "id",
                "table_description": "One name that an order carries, by the keyed hash under which names are looked up.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Pause",
            fields=[
                (
                    "name",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=160),
                ),
                ("reason", fields.TextField(db_default="", unique=False)),
                ("by", fields.CharField(db_default="", max_length=64)),
                ("at_us", fields.BigIntField()),
            ],
            options={
                "table": "pause",
                "app": "xiaoer",
                "pk_attr": "name",
                "table_description": "What an operator has stopped until further notice, by its name, such as `all-sending`.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=26),
                ),
                ("merged_into", fields.CharField(null=True, max_length=26)),
                ("stage", fields.CharField(db_default="visitor", max_length=32)),
                ("store", fields.CharField(db_default="", max_length=64)),
                ("misses", fields.IntField(db_default=0)),
                ("told_us", fields.BigIntField(null=True)),
                ("created_us", fields.BigIntField()),
            ],
            options={
                "table": "person",
                "app": "xiaoer",
                "pk_attr": "id",
                "table_description": "One member. A merged row points to the one that survived.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("task", fields.CharField(unique=True, max_length=64)),
                ("account", fields.CharField(max_length=64)),
                ("chat", fields.CharField(max_length=64)),
                ("staff", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(max_length=26)),
                ("text", fields.TextField(unique=False)),
                ("state", fields.CharField(db_default="open", max_length=16)),
                ("response_code", fields.TextField(db_default="", unique=False)),
                ("inbox_id", fields.BigIntField()),
                ("at_us", fields.BigIntField()),
                ("done_us", fields.BigIntField(null=True)),
                ("done_by", fields.CharField(db_default="", max_length=64)),
            ],
            options={
                "table": "proposal",
                "app": "xiaoer",
                "indexes": [
                    Index(fields=["state", "id"], name="proposal_state"),
                    Index(fields=["person_id"], name="proposal_member"),
                ],
                "pk_attr": "id",
                "table_description": "Words that an employee should say to a member in a group. `state`: open, sent or skipped.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Reach",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("account", fields.CharField(max_length=64)),
                ("channel", fields.CharField(max_length=16)),
                ("address", fields.CharField(max_length=255)),
                ("staff", fields.CharField(db_default="", max_length=64)),
                ("person_id", fields.CharField(max_length=26)),
                ("is_on", fields.IntField(db_default=1)),
                ("spoke_us", fields.BigIntField(null=True)),
                ("changed_us", fields.BigIntField(db_default=0)),
            ],
            options={
                "table": "reach",
                "app": "xiaoer",
                "unique_together": (("account", "address", "staff"),),
                "indexes": [
                    Index(fields=["person_id"], name="reach_person"),
                    Index(fields=["staff", "changed_us"], name="reach_staff"),
                ],
                "pk_attr": "id",
                "table_description": "One way to reach a member: a follower of an account, or a contact of one member of staff.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Redemption",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("coupon_id", fields.BigIntField()),
                ("code", fields.CharField(max_length=64)),
                ("store", fields.CharField(max_length=64)),
                ("cashier", fields.CharField(db_default="", max_length=64)),
                ("request", fields.CharField(max_length=128)),
                ("inbox_id", fields.BigIntField()),
                ("at_us", fields.BigIntField()),
                ("undone", fields.BigIntField(db_default=0)),
                ("undone_us", fields.BigIntField(null=True)),
                ("undone_by", fields.CharField(db_default="", max_length=64)),
            ],
            options={
                "table": "redemption",
                "app": "xiaoer",
                "unique_together": (("coupon_id", "undone"),),
                "indexes": [Index(fields=["store", "at_us"], name="redemption_store")],
                "pk_attr": "id",
                "table_description": "A coupon taken in at a till: one that stands for each coupon, and those taken back.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("account", fields.CharField(max_length=64)),
                ("step", fields.CharField(max_length=16)),
                ("day", fields.CharField(max_length=10)),
                ("count", fields.IntField(db_default=0)),
                ("last_us", fields.BigIntField(db_default=0)),
                ("reason", fields.TextField(db_default="", unique=False)),
            ],
            options={
                "table": "refusal",
                "app": "xiaoer",
                "unique_together": (("account", "step", "day"),),
                "pk_attr": "id",
                "table_description": "Callbacks refused at the door, counted by account, step and day: their bytes are not kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RuleHit",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("person_id", fields.CharField(db_default="", max_length=26)),
                ("rule", fields.CharField(max_length=128)),
                ("op", fields.CharField(db_default="hit", max_length=8)),
                ("store", fields.CharField(db_default="", max_length=64)),
                ("chat", fields.CharField(db_default="", max_length=64)),
                ("at_us", fields.BigIntField()),
            ],
            options={
                "table": "rule_hit",
                "app": "xiaoer",
                "indexes": [
                    Index(fields=["person_id", "rule", "op", "at_us"], name="rule_hit_member"),
                    Index(fields=["store", "rule", "at_us"], name="rule_hit_store"),
                    Index(fields=["chat", "rule", "at_us"], name="rule_hit_chat"),
                ],
                "pk_attr": "id",
                "table_description": "A hit of a rule, counted for its limits, or a member's meeting with it, counted for its nth.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SeatRow",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("chat", fields.CharField(max_length=64)),
                ("member", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(null=True, max_length=26)),
                ("joined_us", fields.BigIntField()),
                ("left_us", fields.BigIntField(null=True)),
            ],
            options={
                "table": "seat",
                "app": "xiaoer",
                "unique_together": (("chat", "member"),),
                "indexes": [Index(fields=["person_id"], name="seat_person")],
                "pk_attr": "id",
                "table_description": "A customer's seat in a group, taken or left.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ShopOrder",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("source", fields.CharField(max_length=64)),
                ("number", fields.CharField(max_length=128)),
                ("revision", fields.BigIntField()),
                ("state", fields.CharField(max_length=16)),
                ("total_fen", fields.BigIntField()),
                ("refunded_fen", fields.BigIntField(db_default=0)),
                ("paid_us", fields.BigIntField(null=True)),
                ("paid_from", fields.BigIntField(db_default=-1)),
                ("store", fields.CharField(db_default="", max_length=64)),
                ("store_from", fields.BigIntField(db_default=-1)),
                ("names_from", fields.BigIntField(db_default=-1)),
                ("person_id", fields.CharField(null=True, max_length=26)),
                ("inbox_id", fields.BigIntField()),
                ("told_us", fields.BigIntField()),
            ],
            options={
                "table": "shop_order",
                "app": "xiaoer",
                "unique_together": (("source", "number"),),
                "indexes": [Index(fields=["person_id"], name="shop_order_member")],
                "pk_attr": "id",
                "table_description": "An order as its newest revision tells it, and whose it is, once that is known.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Sighting",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("account", fields.CharField(max_length=64)),
                ("run", fields.CharField(max_length=32)),
                ("part", fields.CharField(max_length=16)),
                ("about", fields.CharField(db_default="", max_length=64)),
                ("name", fields.CharField(max_length=255)),
            ],
            options={
                "table": "sighting",
                "app": "xiaoer",
                "unique_together": (("account", "part", "about", "name", "run"),),
                "pk_attr": "id",
                "table_description": "Somebody whom a list showed that is not read to its end yet.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("person_id", fields.CharField(max_length=26)),
                ("name", fields.CharField(max_length=128)),
                ("value", fields.CharField(db_default="", max_length=255)),
                ("op", fields.CharField(max_length=8)),
                ("at_us", fields.BigIntField()),
                ("expires_us", fields.BigIntField(null=True)),
                ("inbox_id", fields.BigIntField()),
                ("rule", fields.CharField(db_default="", max_length=128)),
                ("ruleset", fields.CharField(db_default="", max_length=16)),
            ],
            options={
                "table": "tag",
                "app": "xiaoer",
                "unique_together": (("inbox_id", "person_id", "name", "op"),),
                "indexes": [
                    Index(fields=["person_id", "name"], name="tag_member"),
                    Index(fields=["name", "at_us"], name="tag_day"),
                ],
                "pk_attr": "id",
                "table_description": "One line of the tag journal: the current tags are the last line of each name.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Talk",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("account", fields.CharField(max_length=64)),
                ("kf", fields.CharField(max_length=64)),
                ("member", fields.CharField(max_length=64)),
                ("person_id", fields.CharField(max_length=26)),
                ("chat", fields.CharField(db_default="", max_length=64)),
                ("state", fields.CharField(db_default="", max_length=16)),
                ("spoke_us", fields.BigIntField(null=True)),
                ("staff_us", fields.BigIntField(null=True)),
                ("sent", fields.IntField(db_default=0)),
            ],
            options={
                "table": "talk",
                "app": "xiaoer",
                "unique_together": (("account", "kf", "member"),),
                "indexes": [Index(fields=["person_id"], name="talk_person")],
                "pk_attr": "id",
                "table_description": "A conversation in customer service: who holds it, and what may still be said in it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="TillGuard",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("store", fields.CharField(max_length=64)),
                ("place", fields.CharField(max_length=64)),
                ("failures", fields.IntField(db_default=0)),
                ("until_us", fields.BigIntField(db_default=0)),
                ("at_us", fields.BigIntField()),
            ],
            options={
                "table": "till_guard",
                "app": "xiaoer",
                "unique_together": (("store", "place"),),
                "pk_attr": "id",
                "table_description": "Wrong PINs at one store's cashier page, by where they came from, and the pause they cost.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Token",
            fields=[
                (
                    "account",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("value", fields.TextField(unique=False)),
                ("generation", fields.BigIntField()),
                ("expires_us", fields.BigIntField()),
                ("fetched_us", fields.BigIntField()),
            ],
            options={
                "table": "token",
                "app": "xiaoer",
                "pk_attr": "account",
                "table_description": "The access token of an account: `generation` rises with each refresh.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Trace",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("inbox_id", fields.BigIntField(unique=True)),
                ("person_id", fields.CharField(null=True, max_length=26)),
                ("body", fields.TextField(unique=False)),
                ("at_us", fields.BigIntField()),
            ],
            options={
                "table": "trace",
                "app": "xiaoer",
                "indexes": [Index(fields=["person_id"], name="trace_person")],
                "pk_attr": "id",
                "table_description": "Why an event had the consequences it had.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Worker",
            fields=[
                (
                    "id",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=26),
                ),
                ("host", fields.CharField(max_length=255)),
                ("machine", fields.CharField(db_default="", max_length=32)),
                ("pid", fields.IntField()),
                ("role", fields.CharField(max_length=16)),
                ("started_us", fields.BigIntField()),
                ("until_us", fields.BigIntField()),
                ("ruleset", fields.CharField(db_default="", max_length=16)),
                ("ruleset_us", fields.BigIntField(db_default=0)),
                ("rule_problems", fields.IntField(db_default=0)),
            ],
            options={
                "table": "worker",
                "app": "xiaoer",
                "pk_attr": "id",
                "table_description": "One process that carries effects out, alive until `until_us` by the database's clock.",
            },
            bases=["Model"],
        ),
    ]
