"""A parent with small children, for tests of its own process: what signals do is seen only there.

Each child writes its process id into a folder, and does as it was told until it is stopped.
"""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

from commands.parts.problems import USAGE, stop
from commands.serving.children import Children
from commands.serving.stopping import listen_for_signals


def main(folder: Path, behaviour: str) -> int:
    """Keep two children that are good, stubborn, deaf or mistaken; return the parent's status."""

    def child(lifeline: int) -> int:
        (folder / str(os.getpid())).touch()
        if behaviour == "mistaken":
            stop("设置有问题", USAGE)
        return asyncio.run(_life(lifeline, behaviour))

    with socket.create_server(("127.0.0.1", 0)) as door:
        return Children(child, 2, door, lambda _pid: None).run()


async def _life(lifeline: int, behaviour: str) -> int:
    told = listen_for_signals(lifeline)
    if behaviour == "deaf":
        signal.alarm(0)
        await asyncio.Event().wait()
    await told.stop.wait()
    if behaviour == "stubborn":
        await told.hurry.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
