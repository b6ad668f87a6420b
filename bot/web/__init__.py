"""The HTTP side: callbacks in, the till's call, the customer's way into a group, health."""
