"""Rules of other programs: a file is read by its shape and becomes rules of a home."""
