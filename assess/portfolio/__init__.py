"""Many systems at once: the portfolio with its counts, comparing versions and systems, trends, what waits on whom."""
