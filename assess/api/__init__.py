"""The API: typed JSON endpoints over the same actions as the pages, with a token for each person."""
