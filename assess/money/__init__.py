"""What staying, going modular and extracting cost over three years, as ranges. Read `ways` first.

`inputs` has the figures, their defaults and how texts are read; `ways` the sums; `words` their sentences; `charts` two
drawings; `examples` the sums that the sources tell; `amounts` ranges and currencies. Decides: the arithmetic, exactly.
Does not decide: the verdict; no rule reads a sum.
"""
