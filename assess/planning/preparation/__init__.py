"""The page of the four preparation lists: `actions` tick and waive, `views` show. The lists are in `advice`."""
