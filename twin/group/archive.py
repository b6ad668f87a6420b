"""The chat archive as it is read: decrypted messages in order (apps-and-bots.md section 7)."""

from dataclasses import dataclass, field

from twin.mint import mint
from twin.shape import Json


@dataclass(slots=True, kw_only=True)
class Archive:
    """Every archived message, oldest first. `pushed` is the last one that needs no push."""

    world: str
    items: list[Json] = field(default_factory=list)
    pushed: int = 0
    pushing: bool = False

    def add(self, at: float, sender: str, receivers: list[str], room: str, words: str) -> Json:
        """Archive a text said in a customer group; return the item with its `seq`."""
        seq = len(self.items) + 1
        item: Json = {
            "msgid": f"{mint('', 24, self.world, 'archive', str(seq))}_{int(at * 1000)}_external",
            "action": "send",
            "from": sender,
            "tolist": receivers,
            "roomid": room,
            "msgtime": int(at * 1000),
            "msgtype": "text",
            "text": {"content": words},
            "seq": seq,
        }
        self.items.append(item)
        return item

    def since(self, seq: int) -> list[Json]:
        """Return the items after this seq."""
        return self.items[max(seq, 0) :]
