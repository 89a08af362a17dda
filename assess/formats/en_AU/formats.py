"""How dates and times are written in Australia, with the month in full, as on everything that is signed."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, P"
TIME_FORMAT = "P"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, P"
