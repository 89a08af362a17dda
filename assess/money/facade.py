"""The door of `money`: what other rooms may use of it. They import nothing else from here."""

from assess.money.amounts import CURRENCIES, Range, amount_range_words, amount_words, round_outward, sign_before
from assess.money.charts import Payback, Tornado, build_payback, build_tornado
from assess.money.examples import EXAMPLES, describe_start_up_loss
from assess.money.inputs import (
    FIGURE_BY_NAME,
    FIGURES,
    GROUPS,
    NEEDED,
    Default,
    Figure,
    Inputs,
    build_defaults,
    defaults_from_files,
    is_empty,
    range_words,
    read_inputs,
    texts_of,
)
from assess.money.ways import MONTHS, WAY_WORDS, WAYS, Difference, Line, Sum, Sums, Way, build_sums
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
