"""What rules allow and probably do not mean: one file for each way to find it."""
