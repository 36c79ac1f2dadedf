"""What the manual and README name is there: pictures, places, buttons, commands and their options."""

from __future__ import annotations

import html
import re
from functools import cache

import click
import pytest

from desktop.cli.program import program
from desktop.resources import resource
from tests.cli.calling import ROOT

MANUAL = resource("manual", "index.html").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
FORMAT = "".join(resource("manual", f"format{ending}").read_text("utf-8") for ending in (".md", ".zh.md"))
OF_OTHERS = {"e建会", "导入工作表…", "只留前200家", "七、撤回、停用、清除"}
"""In quotation marks, and not as such in the program: another system, a caption with a name or number, a heading."""


def test_every_way_in_the_manual_leads_to_a_place_of_it_and_every_picture_is_there() -> None:
    places = re.findall(r'<a name="([^"]+)"></a>', MANUAL)
    assert len(places) == len(set(places))
    ways = re.findall(r'href="([^"]+)"', MANUAL)
    assert ways
    assert not [way for way in ways if way.removeprefix("#") not in places]
    assert all(resource("manual", name).is_file() for name in re.findall(r'<img src="([^"]+)"', MANUAL))
    headings = re.findall(r'<h3><a name="([^"]+)"></a>(?:<a[^>]+></a>)*[一二三四五六七八九十]+、', MANUAL)
    assert len(headings) == 10
    assert all(f"#{name}" in ways for name in headings)


def test_what_the_manual_has_in_quotation_marks_stands_in_the_program() -> None:
    program_text = "".join(path.read_text("utf-8") for path in (ROOT / "desktop").rglob("*.py"))
    named = dict.fromkeys(re.findall(r"“([^”]+)”", html.unescape(re.sub(r"<[^>]+>", "", MANUAL))))
    assert len(named) > 60
    assert not [words for words in named if words not in program_text and words not in OF_OTHERS]


def calls() -> list[str]:
    """The calls of the program in README's blocks, without their remarks, and in the format document."""
    blocks = "\n".join(re.findall(r"```\n(.*?)```", README, re.DOTALL))
    inline = "\n".join(re.findall(r"`(xiaosanji keys [^`]+)`", FORMAT))
    return re.findall(r"(?<!bin/)xiaosanji [^;|#`\n]+", f"{blocks}\n{inline}")


@cache
def words_of(group: click.Group) -> dict[str, click.Command]:
    """The commands of a group by name."""
    context = click.Context(group)
    return {
        name: found for name in group.list_commands(context) if (found := group.get_command(context, name))
    }


@pytest.mark.parametrize("call", calls())
def test_every_command_and_option_that_is_printed_is_there_with_as_many_words(call: str) -> None:
    command: click.Command = program
    options: set[str] = set()
    given = [word for word in call.split()[1:] if not word.startswith("--")]
    for word in call.split()[1:]:
        if isinstance(command, click.Group) and word in words_of(command):
            command = words_of(command)[word]
        elif word.startswith("--"):
            options.add(word)
    assert command is not program
    known = {name for param in command.params for name in param.opts} | {"--help"}
    assert options <= known, (call, options - known)
    if call.startswith("xiaosanji keys"):
        needed = [param for param in command.params if isinstance(param, click.Argument) and param.required]
        # Behind the group, the workspace and the command.
        assert len(given) == 3 + len(needed), call
