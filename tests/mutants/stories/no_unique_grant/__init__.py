"""The unique index that keeps a share from being granted twice is gone, its check, and the look.

A decision looks at what the member holds before it gives, and one is made after the other in one
process: the index matters to who did not look, so this one does not.
"""
