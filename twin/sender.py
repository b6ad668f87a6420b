"""Deliver callbacks over real HTTP: sealed anew each time, 5 s to answer, then again."""

import asyncio
import random
from collections.abc import Coroutine

from twin.aibot.replies import BotReplies
from twin.answer import Answer
from twin.courier import OK, Courier
from twin.faults import Fault
from twin.judgement import Judge
from twin.mishaps import Mishap, mishap, spoilt
from twin.parcels import Parcel
from twin.passage import keep_back, stamp
from twin.seal import Post, seal
from twin.stage import Happening, Stage

PARALLEL = 64


class Sender:
    """The way from happenings to the bots' callback URLs. Close it when done."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.captured: dict[str, Post] = {}
        self._dice = random.Random(stage.settings.seed)  # noqa: S311  # reproducible faults
        self._room = asyncio.Semaphore(PARALLEL)
        self._courier = Courier(PARALLEL)
        self._held: dict[str, list[asyncio.Event]] = {}  # by account: gates that a later one opens
        self._tasks: set[asyncio.Task[None]] = set()
        self._bot_replies = BotReplies(stage, self.post)
        self._judge = Judge(stage, self._bot_replies)
        stage.announce = self.announce
        stage.later = self.start

    def reseed(self, seed: int) -> None:
        """Start the dice of duplicate, held-back and lost deliveries again."""
        self._dice.seed(seed)

    def announce(self, happening: Happening) -> None:
        """Book a happening and begin to deliver it; returns at once."""
        stamp(self.stage, happening)
        self.stage.happened(happening)
        happening.kept = keep_back(self.stage, happening)
        how = Mishap() if happening.kept else mishap(self.stage, happening, self._dice)
        if happening.kept or how.is_lost:
            nothing = Answer(status=0, trouble=happening.kept or "lost")
            self._book(happening, 0, nothing, again=False, fault=how.names)
            happening.settled.set()
            return
        self.start(self._deliver(happening, how))
        for delay_s in how.again_s:
            self.start(self._repeat(happening, delay_s))

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
        return await self._courier.post(url, post, self.stage.settings.answer_s)

    async def close(self) -> None:
        """Give up what is pending and close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._courier.close()

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Do `work` in the background; `idle` waits for it and `close` gives it up."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, happening: Happening, how: Mishap) -> None:
        await self.stage.clock.wait(how.delay_s)
        if how.held_s:
            await self._held_back(happening.account.id, how.held_s)
        answered = await self._attempts(happening, again=False, fault=how.names)
        if not answered:
            self._judge.give_up(happening)
        await self._bot_replies.follow(happening)
        happening.settled.set()
        for gate in self._held.pop(happening.account.id, ()):
            gate.set()

    async def _held_back(self, account: str, seconds: float) -> None:
        """Return when another delivery of the account was settled, or after `seconds`."""
        gate = asyncio.Event()
        self._held.setdefault(account, []).append(gate)
        opened = asyncio.ensure_future(gate.wait())
        passed = asyncio.ensure_future(self.stage.clock.wait(seconds))
        try:
            await asyncio.wait((opened, passed), return_when=asyncio.FIRST_COMPLETED)
        finally:
            opened.cancel()
            passed.cancel()

    async def _repeat(self, happening: Happening, delay_s: float) -> None:
        await happening.settled.wait()
        await self.stage.clock.wait(delay_s)
        await self._attempts(happening, again=True)

    async def _attempts(
        self, happening: Happening, *, again: bool, fault: tuple[str, ...] = ()
    ) -> bool:
        """Deliver until answered; WeChat and WeCom both try three times more."""
        account = happening.account.id
        for attempt in range(1, self.stage.settings.retries + 2):
            if attempt > 1:
                await self.stage.clock.wait(self.stage.settings.retry_s)
            async with self._room:
                post = self._sealed(happening)
                self.captured[account] = post
                spoils = self.stage.faults.spoil(account, happening.kind)
                answer, sent = await self._sent(account, post, spoils)
                self._keep(happening, sent, answer)
            self._judge.judge(happening, post, answer)
            names = (*fault, *([spoils.kind] if spoils else ()))
            self._book(happening, attempt, answer, again=again, fault=names)
            if answer.status == OK:
                return True
        return False

    async def _sent(self, account: str, post: Post, spoils: Fault | None) -> tuple[Answer, Post]:
        really = spoilt(post, spoils) if spoils else post
        return await self.post(account, really), really

    def _keep(self, happening: Happening, post: Post, answer: Answer) -> None:
        bound = self.stage.callbacks.get(happening.account.id, "")
        url = self.stage.plants.url(happening.account.id, bound)
        parcel = Parcel(url=url, post=post, answer=answer)
        self.stage.parcels.sent(happening.id, parcel)

    def _sealed(self, happening: Happening) -> Post:
        account, plants = happening.account, self.stage.plants
        at = int(self.stage.now()) + plants.skew_s(account.id)
        return seal(account, happening.inner, at, happening.openid, keys=plants.keys(account))

    def _book(
        self,
        happening: Happening,
        attempt: int,
        answer: Answer,
        *,
        again: bool,
        fault: tuple[str, ...],
    ) -> None:
        delivered = answer.status == OK
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
            fault="+".join(fault),
            status=answer.status,
            trouble=answer.trouble,
            answer=happening.answer if delivered else "",
            reason=happening.reason,
            delivered=delivered,
            ms=answer.ms,
        )
