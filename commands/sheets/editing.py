"""A row that was changed → the rule's new text; what the row does not show stays as it was."""

from collections.abc import Collection, Mapping

from commands.sheets.blocks import Block
from commands.sheets.columns import KEYS, MODES, WEEKDAYS, Row
from commands.sheets.modes import phrases_of
from commands.sheets.rows import NAMED, SHORT, STEPS, is_plain, said, steps_of
from commands.sheets.tree import Bare, Tree, written

ORDER = (
    *("id", "on", "say", "key", "where", "priority", "continue", "stop", "dry_run", "do"),
    *("cases", "note"),
)
_MODES = {chinese: mode for mode, chinese in MODES.items()}
_DAYS = {chinese: day for day, chinese in WEEKDAYS.items()}
_JOINS = {"any": "words", "all": "all_of", "none": "none_of"}
_YES = Bare("true")


def new_rule(row: Row) -> str:
    """Return the text of a rule that a row makes, dash included, without a last line break."""
    rule = _changed({}, row, set(KEYS.values()))
    return "- " + _laid({key: rule[key] for key in ORDER if key in rule}, 2)


def edited(block: Block, row: Row, fields: Collection[str]) -> str:
    """Return a rule's text from its first key to its last value, with these fields as in `row`.

    Only the keys of the rule that changed are written anew; the text of the others, comments
    between them included, stays.
    """
    keys = {KEYS[field] for field in fields}
    rule = _changed(block.rule, row, keys)
    if block.flowing or next(iter(block.rule)) not in rule:
        return _laid(rule, block.indent)
    parts = block.parts()
    beside = bool(block.whole[block.end :].partition("\n")[0].strip())
    gone = {key for key in parts if key not in rule}
    for key in sorted(keys | gone | (rule.keys() - parts.keys()), key=_rank):
        if key in gone:
            _drop(parts, key)
        elif key in rule and rule[key] != block.rule.get(key):
            _put(parts, key, rule[key], block.indent, beside=beside)
    return "".join(body + tail for body, tail in parts.values())


def _laid(rule: Mapping[str, Tree], indent: int) -> str:
    return ("\n" + " " * indent).join(written(key, value, indent) for key, value in rule.items())


def _put(
    parts: dict[str, tuple[str, str]], key: str, tree: Tree, indent: int, *, beside: bool
) -> None:
    """Write a key where it stands or belongs; `beside`: a comment follows the last one."""
    names = list(parts)
    if key in parts:
        tail = parts[key][1]
        folded = beside if key == names[-1] else bool(tail.partition("\n")[0].strip())
        parts[key] = (written(key, tree, indent, folded=folded), tail)
        return
    before = [name for name in names if _rank(name) <= _rank(key)] or names
    place = names.index(before[-1]) + 1
    body, tail = parts[before[-1]]
    ends, _, comments = tail.partition("\n")
    parts[before[-1]] = (body, ends + "\n" + " " * indent)
    last = place == len(names)
    fresh = written(key, tree, indent, folded=beside and last)
    rows = list(parts.items())
    rows.insert(place, (key, (fresh, "" if last else f"\n{comments}")))
    parts.clear()
    parts.update(rows)


def _drop(parts: dict[str, tuple[str, str]], key: str) -> None:
    """Take a key out; comments on lines of their own behind it stay."""
    names = list(parts)
    before, tail = names[names.index(key) - 1], parts.pop(key)[1]
    body, gap = parts[before]
    comments = tail.partition("\n")[2]
    parts[before] = (body, gap.rstrip(" ").removesuffix("\n") + ("\n" + comments if tail else ""))


def _rank(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _changed(rule: Mapping[str, Tree], row: Row, keys: Collection[str]) -> dict[str, Tree]:
    made: dict[str, Tree | None] = {
        "id": row["id"],
        "say": _say(rule.get("say"), row),
        "where": _where(rule.get("where", {}), row),
        "priority": Bare(row["priority"]) if row["priority"] else None,
        "continue": _YES if row["continue"] else None,
        "dry_run": _YES if row["dry_run"] else None,
        "do": _do(rule, row),
        "cases": _cases(rule.get("cases", ()), row),
        "note": row["note"] or None,
    }
    result = dict(rule)
    if "continue" in keys:
        result.pop("stop", None)
    for key in keys:
        value = made[key]
        if value is None or value in ((), {}):
            result.pop(key, None)
        else:
            result[key] = value
    return result


def _say(old: Tree | None, row: Row) -> Tree:
    joins = old if isinstance(old, Mapping) else {"any": old or ()}
    shown = said(old) if old else {}
    same_mode = shown.get("mode") == row["mode"]
    phrases: dict[str, Tree] = {}
    for join, field in _JOINS.items():
        if same_mode and row[field] == shown.get(field):
            phrases[join] = joins[join]
        elif row[field]:
            phrases[join] = phrases_of(row[field], row["mode"])
    return {**phrases, "mode": _MODES[row["mode"]].value}


def _where(old: Tree, row: Row) -> Tree:
    shown: dict[str, Tree] = {name: _split(row[field]) for name, field in NAMED.items()}
    shown["weekdays"] = tuple(_DAYS[day] for day in _split(row["weekdays"]))
    shown["hours"] = tuple(map(Bare, _split(row["hours"])))
    shown["dates"] = Bare(f"{row['first']}..{row['last']}") if row["first"] + row["last"] else ()
    where = dict(old) if isinstance(old, Mapping) else {}
    where.update(shown)
    return {name: value for name, value in where.items() if value != ()}


def _do(rule: Mapping[str, Tree], row: Row) -> Tree:
    steps = steps_of(rule)
    for verb, shown in STEPS.items():
        wanted: dict[str, Tree] = {
            arg: _split(row[field]) if arg == "names" else row[field]
            for arg, field in shown.items()
            if row[field]
        }
        place = next((at for at, (name, _) in enumerate(steps) if name == verb), len(steps))
        if SHORT[verb] not in wanted:
            steps[place : place + 1] = []
            continue
        kept = steps[place][1] if place < len(steps) else {}
        hidden = {arg: value for arg, value in kept.items() if arg not in shown}
        same = {arg: kept[arg] for arg in wanted if _reads(kept.get(arg), wanted[arg])}
        steps[place : place + 1] = [(verb, {**wanted, **same, **hidden})]
    return tuple(_step(verb, args) for verb, args in steps)


def _reads(old: Tree | None, wanted: Tree) -> bool:
    """Whether a text stands there already, but for the space around it."""
    return isinstance(old, str) and old.replace("\r\n", "\n").strip() == wanted


def _step(verb: str, args: Mapping[str, Tree]) -> Tree:
    if not args:
        return verb
    short = SHORT.get(verb, "")
    if set(args) == {short} and verb not in {"grant", "invite"}:
        return {verb: args[short]}
    return {verb: args[""] if set(args) == {""} else dict(args)}


def _cases(old: Tree, row: Row) -> Tree:
    wanted = {(text, hit) for field, hit in _ASKED for text in row[field].split("\n") if text}
    kept: list[Tree] = []
    for case in old if isinstance(old, tuple) else ():
        if not isinstance(case, Mapping) or not is_plain(case):
            kept.append(case)
        elif (said := (str(case["text"]), case["hit"] == _YES)) in wanted:
            wanted.discard(said)
            kept.append(case)
    for field, hit in _ASKED:
        texts = [text for text in row[field].split("\n") if (text, hit) in wanted]
        kept += [{"text": text, "hit": Bare("true" if hit else "false")} for text in texts]
    return tuple(kept)


_ASKED = (("hits", True), ("misses", False))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("、") if part)
