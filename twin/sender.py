"""Deliver callbacks over real HTTP: sealed anew each time, 5 s to answer, then again."""

import asyncio
import hashlib
import random
import time
from collections.abc import Coroutine, Iterable

import aiohttp

from twin.aibot_replies import BotReplies
from twin.answer import Answer
from twin.passage import keep_back, stamp
from twin.people import Seen
from twin.reply import FAULT_TEXT, Malformed, Reply, read_reply
from twin.seal import Post, seal
from twin.stage import Happening, Stage
from twin.world import AibotAccount, OaAccount

PARALLEL = 64
_OK = 200
_SILENT = ""


class Sender:
    """The way from happenings to the bots' callback URLs. Close it when done."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.captured: dict[str, Post] = {}
        self._dice = random.Random(stage.settings.seed)  # noqa: S311  # reproducible faults
        self._room = asyncio.Semaphore(PARALLEL)
        # A kept connection to a bot that was killed would spend an attempt without reaching it.
        connector = aiohttp.TCPConnector(limit=PARALLEL, force_close=True)
        self._http = aiohttp.ClientSession(connector=connector)
        self._tasks: set[asyncio.Task[None]] = set()
        self._bot_replies = BotReplies(stage, self.post)
        stage.announce = self.announce

    def reseed(self, seed: int) -> None:
        """Start the dice of duplicate, held-back and lost deliveries again."""
        self._dice.seed(seed)

    def announce(self, happening: Happening) -> None:
        """Book a happening and begin to deliver it; returns at once."""
        stamp(self.stage, happening)
        self.stage.happened(happening)
        settings = self.stage.settings
        lost = self._dice.random() < settings.lost_share
        happening.kept = "" if lost else keep_back(self.stage, happening)
        if lost or happening.kept:
            nothing = Answer(status=0, trouble=happening.kept or "lost")
            self._book(happening, 0, nothing, delivered=False, again=False)
            happening.settled.set()
            return
        held = self._dice.random() < settings.reorder_share
        delay = happening.delay_s + self._dice.uniform(0, settings.spread_s) * held
        self.start(self._deliver(happening, delay))
        if self._dice.random() < settings.redeliver_share:
            self.start(self._repeat(happening, self._dice.uniform(0, settings.spread_s)))

    async def redeliver(self, share: float, seed: int, *, shuffle: bool) -> tuple[int, int]:
        """Send a share of all happenings so far again; return how many, and how many answered.

        Every happening counts, answered or not, but for those the platform itself kept back.
        Repeating is what this is for.
        """
        dice = random.Random(seed)  # noqa: S311  # reproducible faults
        past = [one for one in self.stage.happenings if not one.kept]
        chosen = sorted(dice.sample(range(len(past)), round(len(past) * min(share, 1.0))))
        if shuffle:
            dice.shuffle(chosen)
        outcomes = await asyncio.gather(*(self._attempts(past[at], again=True) for at in chosen))
        return len(outcomes), sum(outcomes)

    async def idle(self, wait_s: float) -> bool:
        """Wait until no delivery is pending; False when that takes longer than `wait_s`."""
        try:
            async with asyncio.timeout(wait_s):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            return False
        return True

    async def post(self, account: str, post: Post) -> Answer:
        """Send one sealed callback as it stands and return what came back."""
        url = self.stage.plants.url(account, self.stage.callbacks.get(account, ""))
        if not url:
            return Answer(status=0, trouble="unwired")
        began = time.perf_counter()
        limit = aiohttp.ClientTimeout(total=self.stage.settings.answer_s)
        headers = {"Content-Type": post.content_type}
        try:
            async with self._http.post(
                url, params=post.query, data=post.body.encode(), headers=headers, timeout=limit
            ) as got:
                body = await got.read()
                status = got.status
        except TimeoutError:
            return Answer(status=0, trouble="timeout", ms=_since(began))
        except aiohttp.ClientError as cause:
            return Answer(status=0, trouble=type(cause).__name__, ms=_since(began))
        return Answer(status=status, body=body, ms=_since(began))

    async def close(self) -> None:
        """Give up what is pending and close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Do `work` in the background; `idle` waits for it and `close` gives it up."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, happening: Happening, delay: float) -> None:
        await asyncio.sleep(delay)
        answered = await self._attempts(happening, again=False)
        if not answered and not happening.shown and happening.answerable:
            self._show_fault(happening, "没有回应")
        await self._bot_replies.follow(happening)
        happening.settled.set()

    async def _repeat(self, happening: Happening, delay: float) -> None:
        await happening.settled.wait()
        await asyncio.sleep(delay)
        await self._attempts(happening, again=True)

    async def _attempts(self, happening: Happening, *, again: bool) -> bool:
        """Deliver until answered; WeChat and WeCom both try three times more."""
        for attempt in range(1, self.stage.settings.retries + 2):
            if attempt > 1:
                await asyncio.sleep(self.stage.settings.retry_s)
            async with self._room:
                post = self._sealed(happening)
                self.captured[happening.account.id] = post
                answer = await self.post(happening.account.id, post)
            if self._took(happening, attempt, post, answer, again=again):
                return True
        return False

    def _sealed(self, happening: Happening) -> Post:
        account, plants = happening.account, self.stage.plants
        at = int(self.stage.now()) + plants.skew_s(account.id)
        return seal(account, happening.inner, at, happening.openid, keys=plants.keys(account))

    def _took(
        self, happening: Happening, attempt: int, post: Post, answer: Answer, *, again: bool
    ) -> bool:
        delivered = answer.status == _OK
        if delivered:
            happening.delivered = True
            happening.answer = self._judged(happening, post, answer.body)
        self._book(happening, attempt, answer, delivered=delivered, again=again)
        return delivered

    def _judged(self, happening: Happening, post: Post, body: bytes) -> str:
        """Show the answer where it shows, once a message; return what to call it in the book."""
        if isinstance(happening.account, AibotAccount):
            return self._bot_replies.judged(happening, post.query["nonce"], body)
        if not isinstance(happening.account, OaAccount):
            return "success" if body.strip() == b"success" else _digest(body)
        try:
            reply = read_reply(happening.account, happening.openid, body)
        except Malformed as cause:
            if happening.answerable and not happening.shown:
                self._show_fault(happening, str(cause))
            return f"fault: {cause}"
        if not reply.kind:
            return "success" if body.strip() else _SILENT
        if happening.answerable and not happening.shown:
            self._show_reply(happening, reply)
        return f"{reply.kind} {_digest(reply.text.encode())}"

    def _show_reply(self, happening: Happening, reply: Reply) -> None:
        self._show(happening, reply.text, "passive", reply.attachments)

    def _show_fault(self, happening: Happening, why: str) -> None:
        self._show(happening, FAULT_TEXT, "fault", ({"type": "reason", "text": why},))

    def _show(
        self, happening: Happening, text: str, via: str, attachments: Iterable[dict[str, object]]
    ) -> None:
        happening.shown = True
        seen = Seen(
            at=self.stage.now(),
            channel="oa",
            sender=happening.account.id,
            text=text,
            via=via,
            attachments=tuple(attachments),
            happening=happening.id,
        )
        self.stage.show(happening.who, seen)

    def _book(
        self, happening: Happening, attempt: int, answer: Answer, *, delivered: bool, again: bool
    ) -> None:
        self.stage.book.write(
            "callback",
            self.stage.now(),
            happening=happening.id,
            account=happening.account.id,
            event=happening.kind,
            who=happening.who,
            msg_id=happening.msg_id,
            digest=happening.digest(),
            attempt=attempt,
            redelivery=again,
            status=answer.status,
            trouble=answer.trouble,
            answer=happening.answer if delivered else "",
            delivered=delivered,
            ms=answer.ms,
        )


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16] if body.strip() else _SILENT


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
