"""The maker of rules as its customer sees it: started when needed, asked, and ended in time."""

import asyncio
import signal
import subprocess
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from commands.reload.cutting import cutter_of
from commands.reload.frames import HEAD, Kind, Order, Verdict, packed, unpacked
from commands.reload.spawning import spawned
from keyword_rules.match import RuleSet
from keyword_rules.portable import Assembly
from keyword_rules.segment import Tables

Process: TypeAlias = subprocess.Popen[bytes]

FILE_S = 30.0  # that one file of at most 1 MiB may take
_WHOLE_S = 300.0  # that putting all rules together may take
_END_S = 0.1
_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A rule set ready for use, what was found when its files were read, and its large parts."""

    rules: RuleSet
    verdict: Verdict
    leaves: list[object]


class MakerGone(Exception):
    """The maker ended or took too long; `file` is what it was reading, "" where it was not."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"{file}：{why}" if file else why)
        self.file = file
        self.why = why


class Maker:
    """One process that makes the rules of one folder, again and again.

    It ends with this process, however that ends; who ends it otherwise finds a new one at the next
    `make`, which knows the last good version of every file. One that runs already may be given.
    """

    def __init__(
        self, order: Order, *, file_s: float = FILE_S, running: Process | None = None
    ) -> None:
        self._order = order
        self._cutter = cutter_of(order.segment)
        self._file_s = file_s
        self._good: dict[str, bytes] = {}  # compressed
        self._running = running
        self._process: Process | None = None
        self._answers: asyncio.StreamReader | None = None
        self._questions: asyncio.WriteTransport | None = None
        self._ends: list[asyncio.BaseTransport] = []

    async def make(self, refused: Mapping[str, str]) -> Made:
        """Have the rules made, without these files. Raises MakerGone; the next call starts anew."""
        try:
            if self._process is None:
                await self._start()
            assert self._questions is not None  # noqa: S101  (who started has it)
            self._questions.write(packed(Kind.MAKE, dict(refused)))
            return await self._made()
        except BaseException:
            self.close()
            raise

    def change(self, order: Order) -> None:
        """Go by another order from the next `make` on."""
        self._order, self._cutter = order, cutter_of(order.segment)
        if self._questions is not None and self._process is not None:
            self._questions.write(packed(Kind.ORDER, self._full_order()))

    def close(self) -> None:
        """End the process; repeating it is safe."""
        running, self._running = self._running, None
        if running is not None:
            with running:  # whose pipes nobody has taken over
                running.kill()
        process, self._process = self._process, None
        for end in self._ends:
            end.close()
        self._ends = []
        if process is not None:
            process.kill()
            process.wait()

    @property
    def pid(self) -> int | None:
        """The process that is alive now."""
        return self._process.pid if self._process else None

    async def _start(self) -> None:
        self._process = process = self._running or spawned()
        self._running = None
        loop = asyncio.get_running_loop()
        self._answers = reader = asyncio.StreamReader(limit=_BUFFER_BYTES)
        heard, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), process.stdout
        )
        said, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.stdin)
        self._ends = [heard, said]
        self._questions = said
        self._questions.write(packed(Kind.ORDER, self._full_order()))

    def _full_order(self) -> Order:
        good = {name: zlib.decompress(text) for name, text in self._good.items()}
        return replace(self._order, good=good, cuts=self._cutter is None or self._cutter.is_ready())

    async def _made(self) -> Made:
        assembly, verdict, file = Assembly(self._order.segment), None, ""
        words: list[bytes] = []
        while True:
            kind, body = await self._frame(file)
            match kind:
                case Kind.READING:
                    file = body.decode()
                case Kind.LOADED:
                    verdict = self._heard(cast(Verdict, unpacked(body)))
                case Kind.WORDS:
                    words.append(body)
                case Kind.SLICE:
                    if words and self._cutter:
                        self._cutter.install(Tables.of_slices(words))
                        words = []
                    assembly.add(body)
                    await asyncio.sleep(0)  # others come first, however much has arrived
                case _:
                    assert verdict and assembly.rules  # noqa: S101  (they came before)
                    return Made(rules=assembly.rules, verdict=verdict, leaves=assembly.leaves())

    def _heard(self, verdict: Verdict) -> Verdict:
        self._good.update(verdict.good)
        self._good = {name: text for name, text in self._good.items() if name in verdict.names}
        return verdict

    async def _frame(self, file: str) -> tuple[int, bytes]:
        assert self._answers is not None  # noqa: S101  (who started has it)
        within_s = self._file_s if file else _WHOLE_S
        try:
            async with asyncio.timeout(within_s):
                kind, size = HEAD.unpack(await self._answers.readexactly(HEAD.size))
                return kind, await self._answers.readexactly(size)
        except TimeoutError:
            raise MakerGone(file, f"读了 {within_s:g} 秒还没有读完") from None
        except (asyncio.IncompleteReadError, OSError):
            await asyncio.sleep(_END_S)  # its pipe closes before it has ended
            raise MakerGone(file, f"读规则的进程在这里中断了（{self._ended()}）") from None

    def _ended(self) -> str:
        """How the process ended, as far as it has."""
        code = self._process.poll() if self._process else None
        if code is None:
            return "它还在"
        return signal.Signals(-code).name if code < 0 else f"退出码 {code}"
