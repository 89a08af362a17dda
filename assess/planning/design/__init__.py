"""Design decisions of a version: `decisions` reads them, `actions` writes, `views` shows."""
