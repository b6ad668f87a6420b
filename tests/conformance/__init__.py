"""Judges the program by cases that other projects published; `python -m tests.conformance DIR`."""
