"""`rules import --account`: the console's automatic replies become rules, and a welcome."""

from pathlib import Path

from bot.platforms.oa.api.console import ReadAutoReplies
from commands.console.asking import ask, official
from commands.console.auto_replies import read_auto_replies
from commands.doctor import before
from commands.importing.landing import prove_all, tell_landed, write
from commands.importing.written import written
from commands.parts.compose import open_home
from commands.parts.problems import FINE, stop

PRIORITY = -10  # below the rules that are there: they were written for this bot


def run(home: Path, wanted: str, *, dry_run: bool) -> int:
    """Write the account's automatic replies into the home, and tell what is left to a person.

    Nothing is overwritten: it stops when one of the files is there. What the platform told is
    kept as it came, in `before/`.
    """
    read = open_home(home)
    account = official(read, wanted)
    told = ask(read, account, ReadAutoReplies()) or {}
    found = read_auto_replies(told)
    made = written(found, account.id, read.content, priority=PRIORITY)
    if not made.files and not made.by_hand:
        print(f"公众号 {account.id} 的后台没有自动回复")
        return FINE
    (landing,) = prove_all(read, [(found, made)])
    if not dry_run:
        try:
            before.keep(before.kept_file(home, account.id, "autoreply"), told)
        except OSError as trouble:
            stop(
                f"{trouble.filename or home} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间"
            )
        write(home, [landing])
    print(f"公众号 {account.id}：")
    tell_landed(read, landing, dry_run=dry_run)
    if not dry_run:
        print(
            f"下一步：python run.py check --home {home}；没有问题就重启 serve，欢迎语和人设那时换新"
        )
    return FINE
