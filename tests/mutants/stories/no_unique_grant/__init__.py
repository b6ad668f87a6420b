"""The unique index that keeps a share from being granted twice is gone, and so is its check."""
