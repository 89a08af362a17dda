"""The door of `web`: what other rooms may use of it. They import nothing else from here."""

from assess.web.card import NOT_APPLICABLE, NOT_SURE, value_texts
from assess.web.errors import as_json, error_response, forbidden, not_found, too_many
from assess.web.icons import ICONS
from assess.web.localization import activate_for, get_language_tag, get_time_zone, hour, localized
from assess.web.messages import add_error_messages
from assess.web.middleware import stamp_session
from assess.web.numbers import LARGEST_ID, read_number
from assess.web.partial import is_partial, render_page_or_part
from assess.web.spreadsheet import spreadsheet_cell, spreadsheet_row
