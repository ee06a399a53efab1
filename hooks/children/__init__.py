"""The children: one module each, with one function that returns one literal."""
