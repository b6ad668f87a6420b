"""Values as YAML that a person may edit and the strict reader takes."""

import unicodedata

import yaml

from keyword_rules.template import old_style
from keyword_rules.yaml_source import LARGEST_FILE_BYTES

LARGEST_BYTES = LARGEST_FILE_BYTES * 9 // 10  # of a file of rules, which leaves room to edit
_CODE = "\\U000"
_WIDTH = 10_000  # never folded, so that a line of the file is a line of the reply


def dumped(value: object) -> str:
    """Return a value as YAML in the order it has, one line of text a line, emoji as they are."""
    text = _by(yaml.CSafeDumper, value)
    # The fast one writes every emoji as a code, which nobody can read or edit.
    return _legible(value, text) if _CODE in text else text


def _legible(value: object, text: str) -> str:
    """Return it with emoji as they are, unless a stranger sign in it would not survive that."""
    legible = _by(_Legible, value)
    same = yaml.load(legible, yaml.CSafeLoader) == yaml.load(text, yaml.CSafeLoader)
    return legible if same else text


class _Legible(yaml.SafeDumper):
    """Writes emoji as they are, and texts of several lines as a block."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Legible.add_representer(str, _text)


def _by(dumper: type[yaml.SafeDumper | yaml.CSafeDumper], value: object) -> str:
    written = yaml.dump(value, Dumper=dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return str(written)


def commented(text: str) -> str:
    """Return a remark as one line of comment.

    >>> commented("a\\nb")
    '# a b'
    """
    return f"# {' '.join(text.split())}"


def printable(text: str) -> str:
    """Return a text without what no file of rules may hold and no customer can see.

    >>> printable("a\\x00b\\nc")
    'ab\\nc'
    """
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in _NEVER)


_NEVER = {"Cc", "Cs"}


def escaped(text: str) -> str:
    """Return a text whose braces stand for themselves, and which holds no slot of other programs.

    >>> escaped("{a}"), escaped("%s，您好")
    ('{{a}}', '％s，您好')
    """
    plain = printable(text)
    while found := old_style(plain):
        at, _ = found
        plain = f"{plain[:at]}％{plain[at + 1 :]}"
    return plain.replace("{", "{{").replace("}", "}}")
