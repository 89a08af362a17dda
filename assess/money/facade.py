"""The door of `money`: what other rooms may use of it. They import nothing else from here."""

from assess.money.amounts import CURRENCIES, Range, amount_range_words, amount_words, sign_before
from assess.money.charts import build_payback, build_tornado
from assess.money.examples import EXAMPLES, describe_start_up_loss
from assess.money.inputs import (
    FIGURES,
    FIGURE_BY_NAME,
    GROUPS,
    NEEDED,
    Default,
    Figure,
    build_defaults,
    defaults_from_files,
    is_empty,
    range_words,
    read_inputs,
    texts_of,
)
from assess.money.ways import MONTHS, WAYS, WAY_WORDS, Sum, Sums, build_sums
from assess.money.words import (
    break_even_words,
    describe_break_even,
    describe_difference,
    describe_pain,
    describe_simplifications,
    describe_swings,
    figure_words,
    to_json,
)
