"""What a draft of the rules would have done with what happened."""
