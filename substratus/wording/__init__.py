"""What is wrong with an object, in a person's words: the field, its value, and what is legal."""
