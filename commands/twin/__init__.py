"""The verb `twin`: the platforms' offline twin alone, or with a home that is wired to it."""
