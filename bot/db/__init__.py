"""What we remember: tables, the inbox, the ledger, and the shelves of codes and seats."""
