"""What a bot's answer to a callback comes to: shown on a phone, the fault text, or nothing."""

import hashlib

from twin.aibot.replies import BotReplies
from twin.answer import Answer
from twin.courier import OK, reason
from twin.oa.reply import FAULT_TEXT, Malformed, Reply, read_reply
from twin.people import Seen
from twin.seal import Post
from twin.shape import Json
from twin.stage import Happening, Stage
from twin.world import AibotAccount, OaAccount

_FAULT = "fault: "


class Judge:
    """Reads answers as the customer's client would. Shows at most one message a happening."""

    def __init__(self, stage: Stage, bot_replies: BotReplies) -> None:
        self._stage = stage
        self._bot_replies = bot_replies

    def judge(self, happening: Happening, post: Post, answer: Answer) -> None:
        """Show what one answer comes to, and write down on the happening what is wrong with it."""
        happening.reason = reason(answer, self._stage.settings.answer_s)
        if answer.status != OK:
            return
        happening.delivered = True
        happening.answer = self._called(happening, post, answer)
        if happening.answer.startswith(_FAULT):
            happening.reason = happening.answer.removeprefix(_FAULT)

    def give_up(self, happening: Happening) -> None:
        """The last attempt was not answered: the customer sees the fault text."""
        if happening.answerable and not happening.shown:
            self._show_fault(happening)

    def _called(self, happening: Happening, post: Post, answer: Answer) -> str:
        """Return what the answer is called in the book."""
        if isinstance(happening.account, AibotAccount):
            return self._bot_replies.judged(happening, post.query["nonce"], answer.body)
        if not isinstance(happening.account, OaAccount):
            return "success" if answer.body.strip() == b"success" else _digest(answer.body)
        try:
            reply = self._read(happening.account, happening, answer)
        except Malformed as cause:
            happening.reason = str(cause)
            self.give_up(happening)
            return f"{_FAULT}{cause}"
        if not reply.kind:
            return "success" if answer.body.strip() else ""
        if happening.answerable and not happening.shown:
            self._show(happening, reply.text, "passive", reply.attachments)
        return f"{reply.kind} {_digest(reply.text.encode())}"

    def _read(self, account: OaAccount, happening: Happening, answer: Answer) -> Reply:
        if answer.trouble:
            raise Malformed(happening.reason)
        return read_reply(account, happening.openid, answer.body)

    def _show_fault(self, happening: Happening) -> None:
        why: Json = {"type": "reason", "text": happening.reason}
        self._show(happening, FAULT_TEXT, "fault", (why,))

    def _show(
        self, happening: Happening, text: str, via: str, attachments: tuple[Json, ...]
    ) -> None:
        happening.shown = True
        seen = Seen(
            at=self._stage.now(),
            channel="oa",
            sender=happening.account.id,
            text=text,
            via=via,
            attachments=attachments,
            happening=happening.id,
        )
        self._stage.show(happening.who, seen)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16] if body.strip() else ""
