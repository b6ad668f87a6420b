"""The composition root: an installation's parts, built from its home and handed to each other."""
