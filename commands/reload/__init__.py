"""Rules that change while serving: made in a process beside, taken into use without a stall."""
