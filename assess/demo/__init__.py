"""Demo data: the systems of the sources, and a made-up retailer with 40 systems in every state. Never in production."""
