"""What other rooms and commands may import from `portfolio`."""

# Reminders
from assess.portfolio.reminders import Reminded, remind_all
