"""The door of `portfolio`: what other rooms may use of it. They import nothing else from here."""

from assess.portfolio.reminders import remind_all
