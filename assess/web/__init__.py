"""What every page needs from the web side: access decorators, partial requests, middleware, template tags.

Knows nothing of assessments; rooms above use it.
"""
