"""What a report says, as plain frozen values. Read `data` first, then `build`.

- `data`: `ReportData` and its parts: every fact that a report has
- `people`: its parts on what people said: disagreement, review, signatures
- `build`: puts a `ReportData` together from answers and a result; `scores`, `answers` and `argument` are parts of it
- `page_one`: every word of the first page, at most 180
- `attachment`: the JSON document inside the PDF: written, read, and compared with its own answers
- `sanitize`: text that people typed, capped and without invisible characters

Pure: no Django, no clock, no I/O.
"""
