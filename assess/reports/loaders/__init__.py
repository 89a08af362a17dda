"""From database rows to the plain values of `content`. Read `report` first: it calls the others.

- `report`: the whole `ReportData` of an assessment, its planned changes, and the brand of its workspace
- `responses`: what several people answered, and where they disagree
- `review`: comments, challenges, signatures and conditions
- `comparison`: two to four versions side by side, and what changed since the last one
"""
