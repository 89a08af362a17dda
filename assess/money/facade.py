"""The door of `money`: what other rooms may use of it. They import nothing else from here."""
