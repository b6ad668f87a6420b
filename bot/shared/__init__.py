"""What the processes of one installation share; alone, one has the same in memory."""
