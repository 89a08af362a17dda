"""The door of `advice`: what other rooms may use of it. They import nothing else from here."""
