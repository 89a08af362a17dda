"""Share links: one version's result, read-only, for somebody without an account, until a day or until revoked."""
