"""What became of a signed decision: asked after 6 and 12 months, shown beside the verdict, and offered as an anonymised
case. `due` says when it is asked, `actions` records it, `views` and `form` are its page, `case` and `case_views` the
case."""
