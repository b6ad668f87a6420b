"""Customer groups: who sits in them, ways in, welcomes, what is said, and its archive."""
