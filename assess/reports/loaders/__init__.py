"""From database rows to the plain values of `content`. Read `report` first: it calls the others.

- `report`: the whole `ReportData` of an assessment
- `responses`: what several people answered, and where they disagree
- `review`: comments, challenges, signatures and conditions
- `plan`: the team's plan with the verdict it would lead to
- `comparison`: two to four versions side by side, and what changed since the last one
- `brand`: the workspace's name, logo, paper and language
"""
