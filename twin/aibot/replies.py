"""What comes of a bot's answers to aibot callbacks: shown, followed as a stream, or refused."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from twin.aibot.bodies import BotReply, Malformed, read_bot_reply
from twin.aibot.letters import refresh
from twin.aibot.room import STREAM_S, Talk
from twin.aibot.screen import answer_seen
from twin.answer import Answer
from twin.group.transcripts import Said
from twin.seal import Post, seal
from twin.shape import Json
from twin.stage import Happening, Stage

SendPost = Callable[[str, Post], Awaitable[Answer]]
UNANSWERED = "没有及时应答"


class BotReplies:
    """Judges passive replies of aibots; asks for an unfinished stream until it is finished."""

    def __init__(self, stage: Stage, post: SendPost) -> None:
        self._stage = stage
        self._post = post

    def judged(self, happening: Happening, nonce: str, body: bytes) -> str:
        """Judge the answer to one delivery and return what to call it in the book.

        The first answer of a message counts; those to repeated deliveries show nothing.
        """
        talk = self._stage.talks.of(happening.id)
        if talk is None:
            return "success" if body.strip() else ""
        again, talk.replied = talk.replied, True
        try:
            reply = read_bot_reply(talk.bot, nonce, body, talk.kind)
        except Malformed as cause:
            self._book(happening, talk, trouble=str(cause))
            return f"fault: {cause}"
        if not again:
            self._take(happening, talk, reply)
        return reply.kind

    async def follow(self, happening: Happening) -> None:
        """Wait until the answer is final, asking for the stream every `stream_poll_s`.

        Ends six minutes after the question at the latest, by the twin's clock. What was said by
        then shows.
        """
        talk = self._stage.talks.of(happening.id)
        if talk is None:
            return
        if not happening.delivered:
            self._book(happening, talk, trouble=UNANSWERED)
        while talk.streaming() and self._stage.now() - talk.began < STREAM_S:
            await self._stage.clock.wait(self._stage.settings.stream_poll_s)
            await self._refresh(happening, talk)
        if talk.streaming():
            self._show(happening, talk, finish=False)
        talk.open = False

    async def _refresh(self, happening: Happening, talk: Talk) -> None:
        post = seal(talk.bot, refresh(self._stage, talk), int(self._stage.now()))
        answer = await self._post(talk.bot.id, post)
        talk.steps += 1
        if answer.status != HTTPStatus.OK:
            self._book(happening, talk, trouble=answer.trouble or f"HTTP {answer.status}")
            return
        try:
            reply = read_bot_reply(talk.bot, post.query["nonce"], answer.body, "stream")
            if reply.stream_id != talk.stream_id:
                raise Malformed(f"stream.id 应为 {talk.stream_id}")
        except Malformed as cause:
            self._book(happening, talk, trouble=str(cause))
            return
        self._take(happening, talk, reply)

    def _take(self, happening: Happening, talk: Talk, reply: BotReply) -> None:
        """Every step of a stream replaces the words of the one before."""
        talk.words, talk.stream_id = reply.text, reply.stream_id
        both = (*talk.attachments, *reply.attachments)
        cards = [one for one in both if one["type"] == "template_card"]
        pictures = [one for one in reply.attachments if one["type"] != "template_card"]
        talk.attachments = (*pictures, *cards[:1])  # one card a message
        self._book(happening, talk, reply)
        if reply.kind and reply.finish:
            self._show(happening, talk, finish=True)

    def _show(self, happening: Happening, talk: Talk, *, finish: bool) -> None:
        attachments = list(talk.attachments)
        if talk.stream_id:
            stream: Json = {"type": "stream", "id": talk.stream_id, "finish": finish}
            attachments.insert(0, {**stream, "steps": talk.steps})
        said = Said(
            at=self._stage.now(),
            who=talk.bot.id,
            name=talk.bot.name,
            text=talk.words,
            via="aibot",
            attachments=tuple(attachments),
        )
        for who, seen in answer_seen(self._stage, talk, said, happening.id):
            self._stage.show(who, seen)
        talk.open = False

    def _book(
        self, happening: Happening, talk: Talk, reply: BotReply | None = None, trouble: str = ""
    ) -> None:
        self._stage.book.write(
            "aibot",
            self._stage.now(),
            happening=happening.id,
            account=talk.bot.id,
            who=talk.userid,
            chat_id=talk.chat_id,
            reply=reply.kind if reply else "",
            stream_id=talk.stream_id,
            step=talk.steps,
            finish=reply.finish if reply else False,
            text=reply.text if reply else "",
            trouble=trouble,
        )
