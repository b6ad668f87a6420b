"""`python -m twin`: start the twin on loopback."""

import sys

from twin.app import main

if __name__ == "__main__":
    sys.exit(main())
