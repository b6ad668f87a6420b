"""The verbs about customer groups: the archive's feed, proposals, replies for the console."""
