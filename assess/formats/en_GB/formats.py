"""How dates and times are written in Britain, which is how the site writes where nothing else is asked for.

Django's own for this place are shortened ("20 Nov 2026"); a decision that is signed names its day in full.
"""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
