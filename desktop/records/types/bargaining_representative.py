"""Representatives of both sides of a collective bargaining."""

from __future__ import annotations

from desktop.records.declaration import Field, Kind, RecordType, Section
from desktop.records.parts import ONE_PERSON, PERSON_NAME, remarks

ORDER = 179

TYPE = RecordType(
    name="bargaining_representative",
    label="协商代表",
    menu="民主管理",
    title=("name",),
    parent="collective_contract",
    help="双方代表一人一条，各有一名首席代表；企业方不多于职工方，外聘的不超过本方的三分之一。",
    sections=(Section("representative", "协商代表"),),
    fields=(
        Field(
            "collective_contract", "集体协商", Kind.LINK, link="collective_contract",
            section="representative", needed=True, index=True, column=6, width=24,
        ),
        Field(
            "side", "代表哪一方", Kind.CODE, codes="bargaining_side", section="representative", needed=True,
            first=True, column=1, width=8, default="staff",
        ),
        Field(
            "name", "姓名", section="representative", needed=True, first=True, personal=True, search=True,
            column=2, width=9, maximum=PERSON_NAME, names_person=True,
        ),
        Field("post", "职务", section="representative", first=True, column=3, width=14, maximum=60),
        Field(
            "is_chief", "首席代表", Kind.BOOLEAN, section="representative", first=True, default=0, column=4,
            width=7,
        ),
        Field(
            "is_external", "外聘", Kind.BOOLEAN, section="representative", first=True, default=0, column=5,
            width=5, help="本单位以外的专业人员。",
        ),
        *remarks("representative"),
    ),
    checks=(ONE_PERSON,),
)  # fmt: skip
