"""`python -m tests.differential [MESSAGES [SEED]]`: 100,000 messages unless told otherwise."""

import sys
import time
from collections.abc import Sequence

from tests.differential.judge import judge

MESSAGES = 100_000


def main(arguments: Sequence[str]) -> int:
    """Print how many messages agree; return 1 when some do not."""
    numbers = [int(one) for one in arguments if one]
    messages, seed = [*numbers, *(MESSAGES, int(time.time()))[len(numbers) :]][:2]
    verdict = judge(messages, seed)
    say = sys.stdout.write
    say(f"{verdict.judged} messages agree in codec and parser but for {len(verdict.faults)}")
    say(f" (seed {seed})\n")
    for name, count in sorted(verdict.refused.items()):
        say(f"  refused, by one exception: {name:<20} {count}\n")
    for fault in verdict.faults[:20]:
        say(f"  FAULT {fault}\n")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
