"""What differs between two installations: settings, and the content of a home folder."""
