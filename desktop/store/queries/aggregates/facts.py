"""What is computed for each record of a type as of a day, so that it can be counted: one SQL expression a fact.

Parameters: ``:as_of``, and the first day of the plan and the last one that counts, ``:plan_first`` and
``:plan_until``.
"""

from __future__ import annotations

from collections.abc import Mapping

from desktop.store.queries.aggregates.duties import DUTIES
from desktop.store.queries.aggregates.employers import EMPLOYERS
from desktop.store.queries.aggregates.expressions import Facts
from desktop.store.queries.aggregates.registers import REGISTERS
from desktop.store.queries.aggregates.training import TRAINING
from desktop.store.queries.aggregates.unions import UNIONS

FACTS: Mapping[str, Facts] = {
    facts.type: facts for facts in (*EMPLOYERS, *UNIONS, *TRAINING, *REGISTERS, *DUTIES)
}
"""The facts by the type that they are about."""
