"""The command that lists places: their codes, names and full names, by which records name them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from desktop import reference
from desktop.cli.frame import Command
from desktop.cli.output import json_line, remark, table
from desktop.cli.parameters import json_option
from desktop.records.divisions import Division, DivisionLevel

LEVELS = {
    DivisionLevel.CITY: "市",
    DivisionLevel.DISTRICT: "区县市",
    DivisionLevel.TOWN: "镇街",
    DivisionLevel.VILLAGE: "村社",
}


@click.command(cls=Command)
@click.argument("name", metavar="[名称]", required=False)
@json_option
def divisions(name: str | None, as_json: bool) -> None:
    """区划：代码、级别和全名，录入地点时写其中一种。

    不写名称时列出各区县市；写名称、代码或其中一部分时列出对得上的，只对得上一个时连它下面的一起列出。
    """
    found = _found(name)
    places = reference.divisions()
    if as_json:
        rows = [
            {
                "code": d.code,
                "name": d.name,
                "full_name": places.full_name(d.code),
                "level": d.level.value,
                "parent": d.parent or None,
            }
            for d in found
        ]
        json_line({"version": places.version, "divisions": rows})
        return
    if found:
        table(("代码", "级别", "全名"), [(d.code, LEVELS[d.level], places.full_name(d.code)) for d in found])
    remark(f"共{len(found)}个，截至{places.version}。" if found else "没有找到，请换一个写法或少写几个字。")


def _found(name: str | None) -> Sequence[Division]:
    places = reference.divisions()
    if name is None:
        return places.of_level(DivisionLevel.DISTRICT)
    found = places.meant(name) or places.search(name)
    return (*found, *places.children(found[0].code)) if len(found) == 1 else found
