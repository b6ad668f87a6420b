"""Pools of groups: what the content refuses of them."""

from pathlib import Path

from config.content import read


def test_a_pool_of_an_official_account_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pools").mkdir()
    (tmp_path / "pools/p.yaml").write_text(
        "id: p\nname: 群\naccount: oa-main\ngroups: [{chat: w, name: a}]\n", "utf-8"
    )
    known = frozenset({"oa-main", "wecom-main"})
    _, problems = read(tmp_path, accounts=known, official=frozenset({"oa-main"}))
    (told,) = map(str, problems)
    assert told.startswith("pools/p.yaml:3:10: account: oa-main 是公众号，没有客户群")
    assert read(tmp_path, accounts=known, official=None)[1] == ()
