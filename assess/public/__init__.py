"""What anybody may see without an account: the front page, the quick check, a sample result, how it decides, sources.

Decides: how answers in an address become a quick check. Does not decide: what they mean (`decision`). No page here
writes to the database, or reads from it for a stranger.

Read `views` first. `quick` parses the quick check, `scaling_sum` is the page "What would a split save?", `cases` the
page of published cases, `scanner` the scanner to download, `questionnaire` what they all ask and the sample system.
"""
