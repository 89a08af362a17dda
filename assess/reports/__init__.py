"""Reports of assessments: what they say, their forms, and the queue that renders PDFs. Read `loaders.report` first.

It takes rows to a `ReportData` (`content`); `chapters` writes that into a `Document`; `renderings` and `pdf` draw it.

- `content`, `document`, `chapters`, `charts`, `renderings`: what a report says and looks like; pure
- `loaders`: from rows to the values of `content`
- `pdf`, `glyphs`, `pdf_cache`: bytes from HTML, missing characters, and the key of a stored PDF
- `service`: the PDF of an assessment; `personal_reports`: those of one person
- `queue`, `registry`, `tasks`, `models`: when a PDF is rendered, and the kinds there are
- `views`, `download_views`, `import_view`, `http_responses`, `file_names`, `urls`: pages and files
- `report_import`, `pdf_sandbox`, `report_verification`: reading a report back

Does not decide anything about the system assessed.
"""
