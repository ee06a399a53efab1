"""What becomes of each kind: one module a kind, each with `sync` and `customize`."""
