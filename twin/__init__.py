"""The platforms' offline twin: a separate program with its hosts, its people and its book."""
