"""Pages over many systems."""
