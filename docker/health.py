"""Ask the server whether it is ready: exit 0 when it answers 200, 1 when it does not."""

import os
import sys
from http import HTTPStatus
from urllib.error import URLError
from urllib.request import urlopen

PORT = os.environ.get("XIAOER_LISTEN__PORT", "8080")

try:
    with urlopen(f"http://127.0.0.1:{PORT}/ready", timeout=3) as answer:
        sys.exit(0 if answer.status == HTTPStatus.OK else 1)
except (URLError, TimeoutError) as trouble:
    sys.exit(f"not ready: {trouble}")
