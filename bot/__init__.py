"""The machine: accepts callbacks, decides what is owed, performs it; knows no shop policy."""
