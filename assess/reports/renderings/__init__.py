"""The report in other forms than paper, each a writer over `ReportData` or the `Document` made of it.

Decides: how each form writes what it is given, and how text that people typed stays text there. Does not decide: what
is said (`build`, `chapters`), or who may have it (`other_forms`). Pure but for `docx`, which alone imports python-docx.
"""
