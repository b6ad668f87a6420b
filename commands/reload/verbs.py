"""The verb `rules status`: which rules the files hold, and which each process goes by."""

from commands.parts.options import HomeOption, JsonOption, needed


def rules_status(home: HomeOption = None, as_json: JsonOption = False) -> int:
    """规则现在是哪一版：文件里的、每个进程在用的，是否一致，哪些文件有错。"""
    from commands.reload import status as verb

    return verb.run(needed(home), as_json=as_json)
