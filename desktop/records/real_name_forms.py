"""The columns of the federation's two real-name forms (annexes 1 and 4) and the fields that fill them.

Headers stand letter by letter and in the order of the forms (domain §4.5). Dates are written as ``yyyy/MM/dd``,
codes as their labels, document numbers and phones as text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One column: its header and the path to its value, link fields first; no path for the row's number.

    ``otherwise`` is the path that is taken where the first leads to nothing.
    """

    header: str
    path: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RealNameForm:
    """One form: its record type and columns; ``bands`` are the headings over groups of columns with their widths."""

    name: str
    title: str
    record_type: str
    columns: tuple[FormColumn, ...]
    bands: tuple[tuple[str, int], ...] = ()


UNION_FORM = RealNameForm(
    name="union",
    title="工会组织信息采集表",
    record_type="union",
    bands=(("", 1), ("单位信息", 8), ("工会信息", 8)),
    columns=(
        FormColumn("序号"),
        FormColumn("单位名称", ("enterprise", "name"), ("name",)),
        FormColumn("统一社会信用代码", ("enterprise", "uscc")),
        FormColumn("单位地址", ("enterprise", "address"), ("address",)),
        FormColumn("单位所在政区", ("enterprise", "town"), ("town",)),
        FormColumn("单位性质类别", ("enterprise", "ownership")),
        FormColumn("经济类型", ("enterprise", "economy")),
        FormColumn("单位所属行业", ("enterprise", "industry")),
        FormColumn("职工人数", ("staff_count",)),
        FormColumn("工会名称", ("name",)),
        FormColumn("工会统一社会信用代码", ("uscc",)),
        FormColumn("上级工会名称", ("superior_name",)),
        FormColumn("建会日期", ("established_date",)),
        FormColumn("基层工会类型", ("kind",)),
        FormColumn("会员人数", ("member_count",)),
        FormColumn("工会负责人", ("chair_name",)),
        FormColumn("联系电话", ("chair_phone",)),
    ),
)

MEMBER_FORM = RealNameForm(
    name="member",
    title="工会会员信息采集表",
    record_type="member",
    columns=(
        FormColumn("序号"),
        FormColumn("姓名", ("name",)),
        FormColumn("性别", ("sex",)),
        FormColumn("出生日期", ("birth_date",)),
        FormColumn("民族", ("ethnicity",)),
        FormColumn("就业状况", ("employment",)),
        FormColumn("有效证件类别", ("id_kind",)),
        FormColumn("证件号码", ("id_number",)),
        FormColumn("学历", ("education",)),
        FormColumn("技术等级", ("skill_level",)),
        FormColumn("移动电话", ("phone",)),
        FormColumn("户籍类型", ("household_kind",)),
        FormColumn("户籍所在地", ("household_place",)),
        FormColumn("会籍变化类型", ("membership_change",)),
        FormColumn("会籍变化日期", ("membership_change_date",)),
        FormColumn("会籍变化原因", ("membership_change_reason",)),
        FormColumn("政治面貌", ("political_status",)),
        FormColumn("工作单位", ("workplace",)),
        FormColumn("籍贯", ("native_place",)),
        FormColumn("是否农民工会员", ("migrant",)),
    ),
)

FORMS = (UNION_FORM, MEMBER_FORM)
