"""What other rooms may use of `record`. They import nothing else from here."""

# the chain
from assess.record.chain import (
    RENAMED,
    RESTORED,
    ChainFinding,
    Head,
    altered_rows,
    append_link,
    check_chain,
    check_goes_on_from,
    head_of,
    lock_chain,
    read_head,
)
from assess.record.models import RecordLink

# what is sealed, and by what
from assess.record.columns import SEALED, read_values, sealed_values, values_by_row
from assess.record.sealing import canonical_json, hmac_of, is_hmac_of

# the witness beside the database
from assess.record.lost_tail import LOST_TAIL, accept_loss, keep_evidence, missing_tail, renew_length, witnessed_head
from assess.record.witness import note_event

# what the database refuses by itself
from assess.record.triggers import trigger_findings
