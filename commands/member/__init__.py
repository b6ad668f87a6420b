"""`member`: who somebody is, who was taken for one, and telling both."""
