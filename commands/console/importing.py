"""`rules import`: the console's automatic replies become rules, a welcome and random answers."""

from pathlib import Path

from bot.platforms.oa.api.console import ReadAutoReplies
from commands.console.asking import ask, official
from commands.console.auto_replies import read_auto_replies
from commands.console.written import Written, written
from commands.doctor import before
from commands.parts.compose import open_home
from commands.parts.problems import FINE, stop
from config.whole import write_whole


def run(home: Path, wanted: str, *, dry_run: bool) -> int:
    """Write the account's automatic replies into the home, and tell what is left to a person.

    Nothing is overwritten: it stops when one of the files is there. What the platform told is
    kept as it came, in `before/`.
    """
    read = open_home(home, with_rules=False)
    account = official(read, wanted)
    told = ask(read, account, ReadAutoReplies()) or {}
    made = written(read_auto_replies(told), account.id, read.content)
    if not made.files and not made.by_hand:
        print(f"公众号 {account.id} 的后台没有自动回复")
        return FINE
    _refuse_existing(home, made)
    if not dry_run:
        try:
            before.keep(before.kept_file(home, account.id, "autoreply"), told)
            for name, content in made.files.items():
                write_whole(home / name, content.encode())
        except OSError as trouble:
            stop(
                f"{trouble.filename or home} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间"
            )
    _tell(home, made, dry_run=dry_run)
    return FINE


def _refuse_existing(home: Path, made: Written) -> None:
    there = [name for name in made.files if (home / name).exists()]
    if there:
        stop(f"已经有 {'、'.join(there)}，不覆盖：要重新导入，先把它们移走")


def _tell(home: Path, made: Written, *, dry_run: bool) -> None:
    verb = "会写" if dry_run else "写好"
    for name, content in made.files.items():
        print(f"{verb} {name}")
        if dry_run:
            print(content)
    print(f"{made.rules} 条规则；{len(made.by_hand)} 处要手工看：" if made.by_hand else
          f"{made.rules} 条规则")  # fmt: skip
    for line in made.by_hand:
        print(f"  {line}")
    if not dry_run:
        print(
            f"下一步：python run.py check --home {home}；没有问题就重启 serve，欢迎语和人设那时换新"
        )
