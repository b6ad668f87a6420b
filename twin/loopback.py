"""Which hosts are this machine itself."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own; no name but localhost is.

    >>> [is_loopback(one) for one in ("127.0.0.1", "::1", "localhost", "0.0.0.0")]
    [True, True, True, False]
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
