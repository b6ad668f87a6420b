# -*- coding: utf-8 -*-
"""Hand the command line to the commands, once Python is new enough to read them.

Every Python since 2.7 must be able to read this one file, so that an old one gets an answer
instead of a SyntaxError.
"""

import sys

if sys.version_info < (3, 11):
    sys.stderr.write(
        "店小二需要 Python 3.11 或更高版本，当前是 %d.%d。\n"
        "Xiaoer needs Python 3.11 or newer; this is %d.%d.\n" % (sys.version_info[:2] * 2)
    )
    sys.exit(2)

if __name__ == "__main__":
    from commands.environment import complete

    complete()

    from commands.app import main
    from commands.parts.logs import hush

    hush()
    sys.exit(main())
