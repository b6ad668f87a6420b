"""Every delivery has a dedupe key of its own, taken from the clock."""
