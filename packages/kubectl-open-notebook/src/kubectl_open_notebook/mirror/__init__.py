"""Two directories that follow each other: one here, one in the notebook.

`plan` decides from two listings and their last common state, and touches nothing.
`local` and `remote` list, write and delete, each atomically and only what is still as it was
listed. `rounds` brings them together.
"""
