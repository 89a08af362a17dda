"""The page of pitfalls: which of those that the documents name show in a version. `find` reads the rows, `views` is the
page."""
