"""How dates and times are written in the United States, with the month in full, as on everything that is signed."""

DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = "F j, Y, P"
TIME_FORMAT = "P"
MONTH_DAY_FORMAT = "F j"
SHORT_DATE_FORMAT = "M j, Y"
SHORT_DATETIME_FORMAT = "M j, Y, P"
