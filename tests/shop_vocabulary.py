"""What the sample shop lets its rules say: the bot's verbs, the sample content's names."""

from bot.plan import CHANNELS, OCCASIONS, SLOTS, STAGES, VERBS
from keyword_rules.rule import Vocabulary

SHOP = Vocabulary(
    verbs=VERBS,
    slots=SLOTS,
    names={
        "occasion": OCCASIONS,
        "channel": CHANNELS,
        "stage": STAGES,
        "campaign": frozenset({"newcomer", "pet-newcomer", "flash-egg", "breakfast"}),
        "pool": frozenset({"pets", "moms", "neighbours"}),
        "persona": frozenset({"xiaodu", "xiaoyi", "dianlaoban"}),
        "store": frozenset(f"S{number:03}" for number in range(1, 13)),
    },
)
