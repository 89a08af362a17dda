"""Backups: the whole database in one file, and restoring it.

Decides: what is in the file and how it shows that it is whole (`archive`, read it first), how a consistent copy is
taken and put back for each kind of database (`sqlite`, `postgresql`), what is refused and in which order (`backup`,
`restore`). Does not decide: what a sound record is (`review`), what the database had at least (`record`).
"""
