"""The command that lists places: their codes, names and full names, by which records name them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from desktop.cli.frame import Command
from desktop.cli.opening import of_option
from desktop.cli.output import json_line, remark, table
from desktop.cli.parameters import json_option
from desktop.operations.reference_here import ReferenceHere
from desktop.records.divisions import Division, DivisionLevel, Divisions

LEVELS = {
    DivisionLevel.CITY: "市",
    DivisionLevel.DISTRICT: "区县市",
    DivisionLevel.TOWN: "镇街",
    DivisionLevel.VILLAGE: "村社",
}


@click.command(cls=Command)
@click.argument("name", metavar="[名称]", required=False)
@of_option
@json_option
def divisions(name: str | None, of: ReferenceHere, as_json: bool) -> None:
    """区划：代码、级别和全名，录入地点时写其中一种。

    不写名称时列出各区县市；写名称、代码或其中一部分时列出对得上的，只对得上一个时连它下面的一起列出。
    """
    places = of.divisions
    found = _found(places, name)
    if as_json:
        rows = [
            {
                "code": d.code,
                "name": d.name,
                "full_name": places.full_name(d.code),
                "level": d.level.value,
                "parent": d.parent or None,
                **({"ended": True, "successor": d.successor or None} if d.ended else {}),
            }
            for d in found
        ]
        json_line({"version": places.version, "divisions": rows})
        return
    if found:
        table(("代码", "级别", "全名"), [(d.code, LEVELS[d.level], _told(places, d)) for d in found])
    remark(f"共{len(found)}个，截至{places.version}。" if found else "没有找到，请换一个写法或少写几个字。")


def _told(places: Divisions, division: Division) -> str:
    words = places.full_name(division.code)
    if not division.ended:
        return words
    now = places.now(division)
    return f"{words}（已并入{now.name}）" if now != division else f"{words}（已撤销）"


def _found(places: Divisions, name: str | None) -> Sequence[Division]:
    if name is None:
        return places.of_level(DivisionLevel.DISTRICT)
    found = places.meant(name) or places.search(name)
    return (*found, *places.children(found[0].code)) if len(found) == 1 else found
