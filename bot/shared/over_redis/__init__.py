"""The same over Redis, for several processes; each part goes on without it, only less well."""
