"""Renderings of a result: the report object, its charts, and the PDF.

Decides: what a report says and in which order. Does not decide anything about the system assessed.
Only `pdf` imports WeasyPrint.
"""
