"""The story: a district, two towns, three villages and two enterprises do their main job from hint to proposal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop.operations.demo import people
from desktop.operations.demo.case import play_case
from desktop.operations.demo.stage import DISTRICT, DISTRICT_OPERATOR, Stage, cells
from desktop.operations.imports import importing
from desktop.operations.recording import conflicts, deciding, records
from desktop.operations.stations import exchange
from desktop.records.declaration import Level
from desktop.store.queries import reading


def play(folder: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Plays the story into an empty folder; the content digest of each workspace by the unit's name.

    With the injected clock and randomness two runs give equal digests, counts and outcomes (rule 34).
    """
    stage = Stage(folder, say)
    try:
        _enrol(stage)
        _record(stage)
        _import(stage)
        _congress(stage)
        _training(stage)
        _report(stage)
        _fork(stage)
        play_case(stage)
        return _digests(stage)
    finally:
        for session in stage.stations.values():
            session.workspace.close()


def _enrol(stage: Stage) -> None:
    stage.say("一、入网：申请、批准、回执三个文件，用U盘来回，电话核对词语")
    stage.found("district", "330110", DISTRICT, Level.DISTRICT, DISTRICT_OPERATOR)
    stage.found("jingshan", "330110109", "径山镇总工会", Level.TOWN, "王芳")
    stage.found("pingyao", "330110110", "瓶窑镇总工会", Level.TOWN, "李强")
    stage.found("village1", "330110109222", "径山村工会联合会", Level.VILLAGE, "陈静")
    stage.found("village2", "330110109220", "长乐村工会联合会", Level.VILLAGE, "赵磊")
    stage.found("village3", "330110110210", "长命村工会联合会", Level.VILLAGE, "孙丽")
    stage.found("tea", "JS-0001", "杭州径山示例茶业有限公司工会", Level.ENTERPRISE, "钱堃")
    stage.found("machine", "PY-0001", "杭州瓶窑示例机械有限公司工会", Level.ENTERPRISE, "吴翀")
    for town in ("jingshan", "pingyao"):
        stage.enrol(town, "district", delegate=True)
    for below, town in (
        ("village1", "jingshan"), ("village2", "jingshan"), ("village3", "pingyao"),
        ("tea", "jingshan"), ("machine", "pingyao"),
    ):  # fmt: skip
        stage.enrol(below, town)
    stage.say("　1个区、2个镇、3个村、2家企业的工会已经入网")


def _record(stage: Stage) -> None:
    stage.say("二、登记：企业、工会、会员、会议、走访")
    stage.enter("tea", "enterprise", people.TEA, "tea")
    stage.enter("machine", "enterprise", people.MACHINE, "machine")
    stage.enter("tea", "union", {**people.TEA_UNION, "enterprise": stage.records["tea"]}, "tea_union")
    stage.enter(
        "machine", "union", {**people.MACHINE_UNION, "enterprise": stage.records["machine"]}, "machine_union"
    )
    tea = stage.stations["tea"]
    members = [
        cells(
            tea, "member", {**member, "union": stage.records["tea_union"], "enterprise": stage.records["tea"]}
        )
        for member in people.members(30)
    ]
    records.save_many(tea, "member", members, name="录入会员")
    for village in ("village1", "village2", "village3"):
        for values in people.small_firms(village):
            stage.enter(village, "enterprise", values)
        stage.enter(village, "meeting", people.meeting(village))
    stage.enter(
        "village1",
        "visit",
        {"enterprise": _first_firm(stage, "village1"), **people.VISIT},
    )
    stage.say(f"　径山示例茶业：会员{len(members)}名；3个村各登记了4家小微企业、1次会议")


def _first_firm(stage: Stage, short: str) -> str:
    session = stage.stations[short]
    return reading.records(session.database, session.types, reading.Query("enterprise"), 1)[0].id


def _import(stage: Stage) -> None:
    stage.say("三、导入：镇里拿到的企业登记册，先预览，再导入，退回的行写明原因")
    town = stage.stations["jingshan"]
    path = stage.place("登记册", "径山镇企业登记册.csv")
    path.write_bytes("\n".join(",".join(row) for row in people.register()).encode("gb18030"))
    shown = importing.preview(town, path, "enterprise")
    result = importing.run(town, shown)
    importing.write_report(town, shown, stage.place("登记册", "退回的行.xlsx"))
    stage.say(f"　{result.counts}")
    again = importing.preview(town, path, "enterprise")
    stage.say(f"　同一个文件再导入一次：{again.counts}")


def _congress(stage: Stage) -> None:
    stage.say("四、职工代表大会：代表、议题、表决、提案")
    tea = stage.stations["tea"]
    congress = stage.enter(
        "tea",
        "congress",
        {**people.CONGRESS, "enterprise": stage.records["tea"], "union": stage.records["tea_union"]},
        "congress",
    )
    delegates = [cells(tea, "delegate", {**d, "congress": congress}) for d in people.delegates(40)]
    records.save_many(tea, "delegate", delegates, name="代表名册")
    for motion in people.MOTIONS:
        stage.enter("tea", "motion", {**motion, "congress": congress})
    for proposal in people.PROPOSALS:
        stage.enter("tea", "proposal", {**proposal, "congress": congress})
    found = records.check(tea, "congress", congress)
    stage.say(
        f"　代表40名，实到36名，到会过三分之二；议题{len(people.MOTIONS)}项，提案{len(people.PROPOSALS)}件"
    )
    for finding in found:
        stage.say(f"　逻辑检查：{finding.message}")


def _training(stage: Stage) -> None:
    stage.say("五、培训：40名学员的班次，从名单到签到")
    town = stage.stations["jingshan"]
    course = stage.enter("jingshan", "course", people.COURSE, "course")
    officers = [cells(town, "officer", officer) for officer in people.officers(38)]
    ids, _ = records.save_many(town, "officer", officers, name="工会干部名册")
    rows = [
        cells(town, "attendance", {**row, "course": course, **({"officer": ids[i]} if i < len(ids) else {})})
        for i, row in enumerate(people.attendances(40))
    ]
    records.save_many(town, "attendance", rows, name="签到")
    stage.say("　学员40名，其中2名临时参加；结业37名")


def _report(stage: Stage) -> None:
    stage.say("六、上报与合并：村、企业报镇，镇报区，回执逐级送回")
    for below, town in (
        ("village1", "jingshan"), ("village2", "jingshan"), ("tea", "jingshan"),
        ("village3", "pingyao"), ("machine", "pingyao"),
    ):  # fmt: skip
        stage.report(below, town)
    for town in ("jingshan", "pingyao"):
        stage.report(town, "district")


def _fork(stage: Stage) -> None:
    stage.say("七、分歧：企业和区里先后改了同一家企业的职工数")
    tea, district = stage.stations["tea"], stage.stations["district"]
    record = stage.records["tea"]
    records.save(
        tea,
        "enterprise",
        cells(tea, "enterprise", {"surveyed_staff": 135, "surveyed_source": "企业自报"}),
        record=record,
    )
    records.save(
        district,
        "enterprise",
        cells(district, "enterprise", {"surveyed_staff": 120, "surveyed_source": "社保核对"}),
        record=record,
    )
    stage.report("tea", "jingshan")
    stage.report("jingshan", "district")
    for conflict in conflicts.open_conflicts(district):
        told = "、".join(f"{c.operator}写的{c.value.get('surveyed_staff')}人" for c in conflict.claims)
        stage.say(f"　{conflict.title}的“{conflict.label}”有分歧：{told}")
        chosen = next(c.value for c in conflict.claims if c.value.get("surveyed_source") == "社保核对")
        deciding.decide(district, conflict.type, conflict.record, conflict.slot, chosen)
        stage.say("　区里按社保核对的120人处理，决定随回执送回")
    for below, above in (("jingshan", "district"), ("tea", "jingshan"), ("jingshan", "district")):
        stage.report(below, above)


def _digests(stage: Stage) -> dict[str, str]:
    found = {s.unit.name: exchange.digest(s).sha256 for s in stage.stations.values()}
    for name, value in found.items():
        stage.say(f"{name} {value}")
    return found
