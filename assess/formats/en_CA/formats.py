"""How dates and times are written in Canada, with the month in full, as on everything that is signed."""

DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = "F j, Y, P"
TIME_FORMAT = "P"
MONTH_DAY_FORMAT = "F j"
SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d, P"
