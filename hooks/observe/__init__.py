"""What is read from a request: the object, its children, and what else it must see."""
