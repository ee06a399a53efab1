"""`substratus explain`: why each child is as it is."""
