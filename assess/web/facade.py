"""What other rooms may use of `web`. They import nothing else from here."""

# time zone and language of a workspace
from assess.web.localization import (
    activate,
    activate_for,
    format_datetime_with_zone,
    get_language_tag,
    get_time_zone,
    localdate_in,
    localized,
)

# the request
from assess.web.proxies import is_trusted, request_address

# a database that is away
from assess.web.database import is_database_away

# work in processes beside the site, and what the whole site does one after another
from assess.web.heartbeat import BEAT_SECONDS, DEAD_AFTER, beat_while, beating, is_abandoned
from assess.web.locks import Lock, lock_until_commit

# bytes that belong to a row, in it or in a store that all machines share
from assess.web.stored_files import FileStoreError, read_file, remove_orphans, store_file

# what is costly
from assess.web.budgets import BudgetSpentError, budget_sentence, spending

# responses
from assess.web.errors import (
    API,
    error_response,
    forbidden,
    json_error,
    not_found,
    too_many_requests,
    typed_values,
    wants_json,
)
from assess.web.form_filling import fill_form
from assess.web.responses import add_error_messages, is_partial, render_page_or_part

# values in forms, links and files; drawings
from assess.web.form_values import (
    LARGEST_ID,
    NOT_APPLICABLE,
    NOT_SURE,
    TypedIntegerField,
    absolute_url,
    choice_links,
    choice_words,
    chosen_reading,
    parse_number,
    to_form_texts,
    to_script,
)
from assess.web.icons import ICONS
from assess.web.spreadsheet import TABLE_FORMS, TableForm, spreadsheet_cell, spreadsheet_row, write_table
