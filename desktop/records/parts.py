"""Fields and groups that several record types share, so that the same thing has the same name and help everywhere."""

from __future__ import annotations

from desktop.records.declaration import Check, Field, Group, Kind, Level, Mask, Severity, Writers

LOCATION = Group("location", "地址")
IDENTITY = Group("identity", "身份信息", personal=True)
NATIONAL_ENTRY = Group("national_entry", "全国系统录入")
CONTACT = Group("contact", "联系人", personal=True)

ABOVE_VILLAGES = Writers(levels=(Level.PARK, Level.TOWN, Level.DISTRICT, Level.INDUSTRY, Level.CITY))
"""Offices that guide, check and pay others: not villages and enterprises."""
DISTRICT_UP = Writers(levels=(Level.DISTRICT, Level.INDUSTRY, Level.CITY))

PERSON_NAME = 60
"""The longest name kept; names of several parts with “·” go beyond twenty characters."""
UNIT_NAME = 120


def location(section: str, *, column: int = 0, first: bool = True) -> tuple[Field, ...]:
    """Address with its division: one group, because a village without its town says nothing."""
    return (
        Field(
            "address", "地址", group="location", section=section, first=first, search=True, maximum=200,
            example="文三路100号",
        ),
        Field(
            "town", "镇街", Kind.PLACE, group="location", section=section, needed=True, first=first,
            index=True, column=column, width=12,
        ),
        Field("village", "村社", Kind.PLACE, group="location", section=section, first=first, width=12),
    )  # fmt: skip


def identity(
    section: str, *, needed: bool, name_column: int = 1, sex_column: int = 2, number_column: int = 0
) -> tuple[Field, ...]:
    """Who a person is: name, sex, birth and document in one personal group, so that no merge joins two people.

    Only the number is masked, and of the birth all but the year, which would tell what is hidden of the number: a
    roster of people whose names are stars is of no use to the one who keeps it. The number is asked for before sex and
    birth, which follow from it.
    """
    group = IDENTITY.name
    return (
        Field(
            "name", "姓名", group=group, section=section, needed=True, first=True, personal=True, search=True,
            column=name_column, width=9, maximum=PERSON_NAME, names_person=True, review=True,
            help="与证件上一致；少数民族姓名中间的点用“·”。", example="阿卜杜拉·买买提",
        ),
        Field(
            "id_kind", "有效证件类别", Kind.CODE, codes="id_document", group=group, section=section,
            needed=needed, first=True, personal=True, default="resident_id", width=10,
        ),
        Field(
            "id_number", "证件号码", Kind.ID_NUMBER, group=group, section=section, needed=needed, first=True,
            personal=True, mask=Mask.ID, search=True, index=True, column=number_column, width=20, review=True,
            help="只在采集时填写，平时显示为星号；查看全部会留下记录。", example="330102199001010012",
        ),
        Field(
            "sex", "性别", Kind.CODE, codes="sex", group=group, section=section, needed=needed, first=True,
            personal=True, column=sex_column, width=4, help="填了身份证号码会自动带出。",
        ),
        Field(
            "birth_date", "出生日期", Kind.DATE, group=group, section=section, needed=needed, first=True,
            personal=True, mask=Mask.BIRTH, width=10, help="填了身份证号码会自动带出；平时只显示年份。",
            example="1990-01-01",
        ),
    )  # fmt: skip


ONE_PERSON = Check("one_person", ("name",), "姓名里{problem}，这里只写一个人的姓名，请核对", Severity.WARNING)
"""Goes with the name of the one person whom a record is about."""

IDENTITY_CHECKS = (
    ONE_PERSON,
    Check("id_valid", ("id_number", "id_kind"), "{problem}", Severity.WARNING, source="GB 11643"),
    Check("id_tells_birth", ("id_number", "birth_date"), "出生日期与身份证号码里的不一致，请核对"),
    Check("id_tells_sex", ("id_number", "sex"), "性别与身份证号码不一致，号码显示为{told}，请核对"),
    Check("not_in_future", ("birth_date",), "出生日期还没有到，请核对"),
    Check(
        "of_working_age", ("birth_date",), "年龄只有{age}岁，不满16周岁，疑似使用童工，请立即核实",
        source="劳动法第十五条；禁止使用童工规定第二条",
    ),
)  # fmt: skip


def consent(section: str) -> Field:
    """When a person has agreed in writing to what is asked for beyond a name."""
    return Field(
        "consent_date", "本人同意日期", Kind.DATE, section=section,
        help="本人在采集告知书上签字同意处理身份证号等信息的日期。",
    )  # fmt: skip


CONSENT_CHECKS = (
    Check("not_in_future", ("consent_date",), "本人同意日期{a}还没有到，请核对"),
    Check(
        "needs_with", ("consent_date", "id_number"), "填了证件号码，还没有登记本人同意日期，请补上", Severity.WARNING,
        source="个人信息保护法第十三条、第二十八条、第二十九条",
    ),
)  # fmt: skip


def phone(section: str, *, label: str = "移动电话", name: str = "phone", needed: bool = False) -> Field:
    """A person's phone: a slot of its own, because it changes while the person stays the same."""
    return Field(
        name, label, Kind.PHONE, section=section, needed=needed, first=True, personal=True, mask=Mask.PHONE,
        search=True, width=13, help="平时中间四位显示为星号。", example="13800000000",
    )  # fmt: skip


def phone_check(name: str = "phone", label: str = "电话") -> Check:
    """The check that goes with :func:`phone`."""
    return Check("phone_valid", (name,), f"{label}不像电话号码，请核对", Severity.WARNING)


def names_no_complainant(*fields: tuple[str, str], linked: bool) -> tuple[Check, ...]:
    """Who complained is in none of these fields, given by name and label; they are of the case or ``linked`` to it."""
    return tuple(
        Check(
            "names_no_complainant", (name,), f"“{label}”里好像写出了投诉人，文书会印不出来，请改成看不出是谁的写法",
            Severity.WARNING, {"linked": linked}, "浙江省工会劳动法律监督条例第十三条",
        )
        for name, label in fields
    )  # fmt: skip


def contact(section: str, *, label: str = "联系人") -> tuple[Field, ...]:
    """Whom to call about something: one personal group, because a phone without its name says nothing."""
    return (
        Field(
            "contact_name", label, group=CONTACT.name, section=section, first=True, personal=True,
            maximum=PERSON_NAME, names_person=True,
        ),
        Field(
            "contact_phone", f"{label}电话", Kind.PHONE, group=CONTACT.name, section=section, first=True,
            personal=True, mask=Mask.PHONE, width=13,
        ),
    )  # fmt: skip


def month(section: str, *, column: int) -> tuple[Field, ...]:
    """A month as year and number, in columns side by side."""
    return (
        Field(
            "year", "年份", Kind.INTEGER, group="month", section=section, needed=True, first=True, index=True,
            minimum=2000, maximum=2099, unit="年", column=column, width=6, example="2026",
        ),
        Field(
            "month_number", "月份", Kind.INTEGER, group="month", section=section, needed=True, first=True,
            minimum=1, maximum=12, unit="月", column=column + 1, width=5, example="10",
        ),
    )  # fmt: skip


def national_entry(section: str) -> tuple[Field, ...]:
    """When and by which batch a record stood in the national real-name system: the numerator of T10 and T11."""
    return (
        Field(
            "national_entry_date", "全国系统录入日期", Kind.DATE, group=NATIONAL_ENTRY.name, section=section,
            index=True, help="导入全国系统导出的名单时自动标记，也可以手工填写。",
        ),
        Field("national_entry_batch", "录入批次", group=NATIONAL_ENTRY.name, section=section, maximum=80),
    )  # fmt: skip


def document(name: str, label: str, section: str, *, first: bool = False) -> tuple[Field, ...]:
    """Number and day of a paper that someone else issued; they make one group of the name ``name``."""
    return (
        Field(
            f"{name}_document", f"{label}文号", group=name, section=section, first=first, maximum=60,
            example="杭西工〔2026〕1号",
        ),
        Field(f"{name}_date", f"{label}日期", Kind.DATE, group=name, section=section, first=first, width=10),
    )  # fmt: skip


def evidence(section: str) -> Field:
    """What is on file to show that it took place."""
    return Field(
        "evidence", "留存材料", Kind.CODES, codes="evidence", section=section,
        help="勾选手头已有的材料；民主管理建制率可以选只统计有材料的。",
    )  # fmt: skip


def recorded(section: str) -> tuple[Field, ...]:
    """The day of typing and the reason for a late one (a record made more than 30 days afterwards)."""
    return (
        Field("recorded_date", "录入日期", Kind.DATE, section=section, default="today"),
        Field(
            "late_reason", "补录原因", section=section, maximum=200,
            help="事情过去30天以后才录入的算补录，请写明原因。",
        ),
    )  # fmt: skip


def remarks(section: str) -> tuple[Field, ...]:
    """Free words, and the reason why a record with warnings is right as it is."""
    return (
        Field("remark", "备注", Kind.NOTE, section=section, maximum=1000),
        Field(
            "reason", "校验说明", Kind.NOTE, section=section, maximum=300,
            help="逻辑检查有提醒而情况属实时，在这里写明原因。",
        ),
    )  # fmt: skip
