"""How members' stories and the ledger are read and told."""
