"""Agenda items of a meeting: what was reported, discussed, decided and voted on."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, RecordType, Section
from desktop.records.parts import remarks

ORDER = 120


def _votes(name: str, label: str) -> Field:
    return Field(name, label, Kind.INTEGER, group="votes", section="vote", minimum=0, unit="票")


TYPE = RecordType(
    name="agenda_item",
    label="会议议程",
    menu="会议",
    title=("title",),
    parent="meeting",
    sections=(Section("item", "议题"), Section("vote", "表决")),
    groups=(Group("votes", "表决结果"),),
    fields=(
        Field("meeting", "会议", Kind.LINK, link="meeting", section="item", needed=True, index=True),
        Field("sequence", "序号", Kind.INTEGER, section="item", minimum=1, column=1, width=4, first=True),
        Field(
            "title", "议题", section="item", needed=True, first=True, search=True, column=2, width=30,
            maximum=200,
        ),
        Field("reporter", "汇报人", section="item", first=True, column=3, width=9, maximum=60),
        Field("discussion", "讨论要点", Kind.NOTE, section="item", search=True, maximum=4000),
        Field(
            "decision", "决定", Kind.NOTE, section="item", first=True, search=True, column=4, width=30,
            maximum=2000,
        ),
        Field("needs_vote", "须表决", Kind.BOOLEAN, section="vote", default=0),
        Field("vote_method", "表决方式", Kind.CODE, codes="voting_way", group="votes", section="vote"),
        _votes("expected_count", "应到人数（表决时）"),
        _votes("approve_count", "同意"),
        _votes("against_count", "反对"),
        _votes("abstain_count", "弃权"),
        *remarks("item"),
    ),
    checks=(
        Check(
            "sum_at_most", ("approve_count", "against_count", "abstain_count", "expected_count"),
            "同意、反对和弃权合计{sum}票，多于应到{total}人，请核对",
        ),
        Check(
            "sum_at_most_linked", ("approve_count", "against_count", "abstain_count"),
            "同意、反对和弃权合计{sum}票，多于实到{total}人，请核对",
            arguments={"link": "meeting", "field": "present_count"},
        ),
    ),
)  # fmt: skip
