"""Values as YAML that a person may edit and the strict reader takes."""

import unicodedata

import yaml

from keyword_rules.template import old_style
from keyword_rules.yaml_source import LARGEST_FILE_BYTES

LARGEST_BYTES = LARGEST_FILE_BYTES * 9 // 10  # of a file of rules, which leaves room to edit
_WIDTH = 10_000  # never folded, so that a line of the file is a line of the reply


def dumped(value: object) -> str:
    """Return a value as YAML in the order it has, one line of text a line."""
    return str(
        yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    )


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
