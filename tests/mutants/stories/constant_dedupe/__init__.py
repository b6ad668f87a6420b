"""Every callback has the same dedupe key."""
