"""What became of a call is never written down."""
