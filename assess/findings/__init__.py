"""What a result shows: charts as plain data, each with its finding, the sentence above it.

A finding is made from the fields of the chart below it, so that the two cannot disagree. Pages and reports draw the
same charts, from `templates/charts`. Decides: what is in a chart, in which order, and what its title says. Does not
decide: verdicts (`decision`), or colours and type (templates and style sheets). Pure.
"""
