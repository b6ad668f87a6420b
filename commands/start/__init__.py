"""What a new home is made of, and what its owner has to do next."""
