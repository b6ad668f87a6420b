"""Safeguards taken away one at a time, each of which a named test must notice.

`planted/` says what is changed where and by whom it must be caught; `python -m tests.mutants` makes
each change in a copy of the project and asks. `stories/` are for the auditor.
"""
