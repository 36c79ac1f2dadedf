"""The people, firms and papers of the story; all names, codes and numbers are invented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from desktop.records.typed import uscc

Values = dict[str, object]

_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = "芳伟敏静强磊洋艳勇军杰娟涛明超秀霞平刚桂玥祎翀珅昇堃喆"
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

TEA: Final[Values] = {
    "name": "杭州径山示例茶业有限公司", "uscc": "91330106MA2ABCDEX7", "address": "杭州市余杭区径山镇径山村8号",
    "town": "330110109", "village": "330110109222", "ownership": "私营企业", "economy": "私营经济",
    "industry": "制造业", "sector": "非公企业", "surveyed_staff": 128, "surveyed_source": "工会摸排",
    "surveyed_date": "2026-09-30", "women_count": 61, "status": "存续", "union_state": "建立",
    "union_state_date": "2025-04-18", "contact_name": "钱堃", "contact_phone": "13800000001",
}  # fmt: skip
MACHINE: Final[Values] = {
    "name": "杭州瓶窑示例机械有限公司", "uscc": "91330109MA27WXYY63", "address": "杭州市余杭区瓶窑镇长命村21号",
    "town": "330110110", "village": "330110110210", "ownership": "私营企业", "economy": "私营经济",
    "industry": "制造业", "sector": "非公企业", "surveyed_staff": 56, "surveyed_source": "工会摸排",
    "surveyed_date": "2026-10-12", "women_count": 14, "status": "存续", "union_state": "建立",
    "union_state_date": "2024-11-05", "in_park": "是", "contact_name": "吴翀", "contact_phone": "13800000002",
}  # fmt: skip
CLOTHES: Final[Values] = {
    "name": "杭州瓶窑示例服饰有限公司", "uscc": "91330110MA2K8D6T4E", "address": "杭州市余杭区瓶窑镇外窑村3号",
    "registered_address": "杭州市余杭区瓶窑镇外窑村3号", "legal_person": "郑骉", "town": "330110110",
    "ownership": "私营企业", "sector": "非公企业", "industry": "制造业", "surveyed_staff": 42,
    "surveyed_source": "工会摸排", "surveyed_date": "2026-08-20", "status": "存续", "union_state": "待筹建",
    "no_union_reason": "单位不同意", "contact_name": "郑洋", "contact_phone": "13800000003",
}  # fmt: skip
TEA_UNION: Final[Values] = {
    "name": "杭州径山示例茶业有限公司工会委员会", "kind": "独立基层工会", "superior_name": "径山镇总工会",
    "status": "正常", "town": "330110109", "established_date": "2025-04-18", "approval_date": "2025-04-18",
    "approval_document": "径工〔2025〕12号", "staff_count": 128, "member_count": 120, "headcount_date": "2026-09-30",
    "chair_name": "钱堃", "chair_phone": "13800000001", "term_started": "2025-04-18", "term_ended": "2028-04-17",
}  # fmt: skip
MACHINE_UNION: Final[Values] = {
    "name": "杭州瓶窑示例机械有限公司工会委员会", "kind": "独立基层工会", "superior_name": "瓶窑镇总工会",
    "status": "正常", "town": "330110110", "established_date": "2024-11-05", "approval_date": "2024-11-05",
    "approval_document": "瓶工〔2024〕31号", "staff_count": 56, "member_count": 50, "headcount_date": "2026-10-12",
    "chair_name": "吴翀", "chair_phone": "13800000002", "term_started": "2024-11-05", "term_ended": "2027-11-04",
}  # fmt: skip
CONGRESS: Final[Values] = {
    "name": "杭州径山示例茶业有限公司第一届职工代表大会第二次会议", "kind": "职工代表大会", "term_number": 1,
    "session_number": 2, "started_date": "2026-11-12", "venue": "公司二楼会议室", "host": "钱堃", "staff_count": 128,
    "women_count": 61, "expected_count": 40, "present_count": 36,
}  # fmt: skip
MOTIONS: Final[tuple[Values, ...]] = (
    {
        "sequence": 1, "title": "集体合同（草案）", "matter_class": "审议通过", "subject": "集体合同草案",
        "reporter": "钱堃", "needs_vote": "是", "vote_method": "无记名投票", "expected_count": 40, "present_count": 36,
        "issued_count": 36, "returned_count": 36, "valid_count": 35, "invalid_count": 1, "approve_count": 30,
        "against_count": 3, "abstain_count": 2,
    },
    {
        "sequence": 2, "title": "考勤管理办法（修订草案）", "matter_class": "审议通过",
        "subject": "涉及职工切身利益的规章制度", "reporter": "冯珅", "needs_vote": "是", "vote_method": "无记名投票",
        "expected_count": 40, "present_count": 36, "issued_count": 36, "returned_count": 36, "valid_count": 36,
        "invalid_count": 0, "approve_count": 20, "against_count": 12, "abstain_count": 4,
    },
)  # fmt: skip
PROPOSALS: Final[tuple[Values, ...]] = (
    {"number": "1", "subject": "改善夏季车间降温设施", "category": "劳动安全卫生", "proposer": "杨玥",
     "suggestion": "采茶季前加装风扇和饮水点。", "filed": "是", "handling_department": "行政部",
     "due_date": "2026-12-31"},
    {"number": "2", "subject": "班车增设径山村站点", "category": "生活服务", "proposer": "何祎",
     "suggestion": "早晚各增一班。", "filed": "是", "handling_department": "行政部", "due_date": "2027-01-31"},
)  # fmt: skip
COURSE: Final[Values] = {
    "name": "径山镇2026年基层工会干部轮训班", "category": "轮训", "form": "脱产培训", "host_level": "镇街",
    "host": "径山镇总工会", "started_date": "2026-10-20", "ended_date": "2026-10-21", "hours": 16,
    "venue": "径山镇文化中心", "expected_count": 40,
}  # fmt: skip
VISIT: Final[Values] = {
    "visit_date": "2026-11-10", "purpose": "建会摸排", "visitors": "陈静", "contact_name": "老板娘",
    "situation": "职工9人，愿意加入村联合工会。", "commitment": "十二月前交入会申请", "follow_up_date": "2026-12-10",
}  # fmt: skip

_FIRMS: Final = ("竹器厂", "民宿", "快递站", "食品加工店")
_VILLAGES: Final = {
    "village1": ("径山村", "330110109", "330110109222"),
    "village2": ("长乐村", "330110109", "330110109220"),
    "village3": ("长命村", "330110110", "330110110210"),
}


def register() -> Iterator[tuple[str, ...]]:
    """A register as the town gets it: a wrong check character, one firm twice, addresses in several forms."""
    yield ("序号", "企业名称", "统一社会信用代码", "法定代表人", "住所", "联系电话", "企业类型", "从业人数")
    rows = (
        ("杭州径山示例竹业有限公司", "91330110MA2K8D7X1", "余杭区径山镇双溪村12号", "31"),
        ("杭州径山示例食品有限公司", "91330110MA2K8D8Y2", "浙江省杭州市余杭区径山镇长乐村3幢", "86"),
        ("杭州径山示例旅游有限公司", "91330110MA2K8D9W3", "径山镇径山村禅茶路1号", "18"),
        ("杭州径山示例竹业有限公司", "91330110MA2K8D7X1", "余杭区径山镇双溪村12号", "31"),
        ("杭州示例物流有限公司", "91330110MA2K8E1T5", "杭州市古墩路99号", "45"),
    )
    for number, (name, code, address, staff) in enumerate(rows, 1):
        whole = code + uscc.check_digit(code) if number != 3 else code + "0"
        yield (
            str(number),
            name,
            whole,
            _name(60 + number),
            address,
            f"0571-8850{number:04d}",
            "私营企业",
            staff,
        )


def small_firms(village: str) -> Iterator[Values]:
    """Four small firms of a village, without codes as many are."""
    name, town, code = _VILLAGES[village]
    for i, kind in enumerate(_FIRMS):
        yield {
            "name": f"{name}示例{kind}", "address": f"余杭区{name}{i + 1}号", "town": town, "village": code,
            "ownership": "个体经济组织", "sector": "个体工商户", "surveyed_staff": 4 + 3 * i,
            "surveyed_source": "村里摸排", "surveyed_date": "2026-10-08", "status": "存续", "union_state": "待筹建",
            "no_union_reason": "职工人数不足" if i < 3 else None,
        }  # fmt: skip


def meeting(village: str) -> Values:
    """A committee meeting of a village's union."""
    name = _VILLAGES[village][0]
    return {
        "kind": "工会委员会会议", "name": f"{name}工会联合会委员会会议", "started_date": "2026-11-06",
        "venue": f"{name}党群服务中心", "host": "主席", "recorder": "干事", "expected_count": 7, "present_count": 6,
        "leave_count": 1, "absent_count": 0, "topics": "研究小微企业入会和走访安排。",
    }  # fmt: skip


def members(count: int) -> Iterator[Values]:
    """Members with valid identity numbers of an invented series."""
    for i in range(count):
        birth = f"19{70 + i % 25}{1 + i % 12:02d}{1 + i % 28:02d}"
        number = _id_number(f"330110{birth}{100 + i:03d}")
        yield {
            "name": _name(i), "sex": "男" if int(number[16]) % 2 else "女",
            "birth_date": f"{birth[:4]}-{birth[4:6]}-{birth[6:]}", "id_kind": "居民身份证", "id_number": number,
            "phone": f"1390000{i:04d}", "political_status": "群众", "education": "高中", "skill_level": "无",
            "first_admission_date": "2025-04-18", "membership_change": "入会",
            "membership_change_date": "2025-04-18", "workplace": "杭州径山示例茶业有限公司", "employment": "在岗",
            "migrant": "否", "ethnicity": "汉族",
        }  # fmt: skip


def delegates(count: int) -> Iterator[Values]:
    """Delegates, one in six a manager."""
    for i in range(count):
        yield {
            "name": _name(i), "sex": "女" if i % 2 else "男", "constituency": f"第{i % 5 + 1}组",
            "job_category": "管理人员" if i % 6 == 5 else "一线职工", "presence": "请假" if i >= count - 4 else "实到",
        }  # fmt: skip


def officers(count: int) -> Iterator[Values]:
    """Union officers of the town's firms."""
    for i in range(count):
        yield {
            "name": _name(40 + i), "phone": f"1370000{i:04d}", "category": "基层工会主席" if i % 3 else "其他工会干部",
            "post_title": "工会主席" if i % 3 else "工会委员",
        }  # fmt: skip


def attendances(count: int) -> Iterator[Values]:
    """The sign-in list of the course; the last two walked in."""
    for i in range(count):
        yield {
            "sequence": i + 1, "name": _name(40 + i), "unit_name": f"径山镇第{i + 1}基层工会",
            "post_title": "工会主席" if i % 3 else "工会委员", "phone": f"1370000{i:04d}",
            "half_days": "第一天上午、第一天下午、第二天上午" if i % 13 else "第一天上午",
            "result": "合格" if i % 13 else "不合格", "counts_for_rotation": "是" if i % 13 else "否",
        }  # fmt: skip


def _name(i: int) -> str:
    return (
        _SURNAMES[i % len(_SURNAMES)]
        + _GIVEN[i * 7 % len(_GIVEN)]
        + (_GIVEN[i * 5 % len(_GIVEN)] if i % 3 else "")
    )


def _id_number(body: str) -> str:
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _ID_WEIGHTS, strict=True)) % 11]
