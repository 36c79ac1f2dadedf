"""What import contracts cannot say of the floors, and that their decisions are found."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import desktop

_FLOORS = Path(desktop.__file__).parent
_VERB = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE)\b")
_STATEMENT = re.compile(
    r"\b(?:SELECT .+ FROM|INSERT (?:OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE \w+)\b", re.DOTALL
)


def _texts(path: Path) -> list[str]:
    """The texts of a module that may hold SQL, parts of those with values in them together, without its docstrings."""
    source = path.read_text("utf-8")
    if not _VERB.search(source):
        # To take a module apart takes a hundred times as long.
        return []
    tree = ast.parse(source)
    spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    passed = spoken | {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(str(p.value) if isinstance(p, ast.Constant) else " x " for p in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            found.append(node.value)
    return found


def test_the_store_is_the_only_floor_with_sql() -> None:
    found = {
        str(path.relative_to(_FLOORS)): text
        for path in sorted(_FLOORS.rglob("*.py"))
        if path.relative_to(_FLOORS).parts[0] != "store"
        for text in _texts(path)
        if _STATEMENT.search(text)
    }
    assert found == {}
    assert any(_STATEMENT.search(text) for text in _texts(_FLOORS / "store" / "peers" / "links.py"))


def test_every_decision_stands_once_in_the_list_at_the_top() -> None:
    """A successor finds what concerns a floor without reading them all."""
    text = (_FLOORS / "DECISIONS.md").read_text("utf-8")
    listed = [
        int(n) for line in re.findall(r"^- \*\*.+?:\*\* (.+)$", text, re.MULTILINE) for n in line.split(", ")
    ]
    assert sorted(listed) == [int(n) for n in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]


def test_every_rule_that_a_comment_cites_can_be_looked_up() -> None:
    rules = [
        int(n) for n in re.findall(r"^(\d+)\. \*\*", (_FLOORS / "RULES.md").read_text("utf-8"), re.MULTILINE)
    ]
    assert rules == list(range(1, len(rules) + 1))
    cited = {
        int(n)
        for path in _FLOORS.rglob("*.py")
        for numbers in re.findall(r"\b[Rr]ules? (\d+(?:(?:,| and| to) \d+)*)", path.read_text("utf-8"))
        for n in re.findall(r"\d+", numbers)
    }
    assert len(cited) > len(rules) / 2
    assert cited <= set(rules)


def test_no_form_of_a_time_holds_chinese() -> None:
    """Windows writes times in the characters of the system's language: where that is not Chinese, it fails."""
    forms = re.compile(r"strftime\(\s*f?[\"']([^\"']*)|:(%[^{}\"']*)\}")
    found = {
        str(path.relative_to(_FLOORS)): form
        for path in sorted(_FLOORS.rglob("*.py"))
        for match in forms.finditer(path.read_text("utf-8"))
        if not (form := match[1] or match[2] or "").isascii()
    }
    assert found == {}
    assert forms.search('f"{at:%m月}"')


def test_what_tests_share_stands_in_no_test_module() -> None:
    tests = Path(__file__).parents[1]
    shared = re.compile(
        r"^(?:from tests\.(?:\w+\.)*test_\w+ import|from tests\.(?:\w+ import|\w+\.\w+ import) .*\btest_)",
        re.M,
    )
    found = {
        str(p.relative_to(tests)): shared.findall(p.read_text("utf-8")) for p in tests.rglob("test_*.py")
    }
    assert not {path: lines for path, lines in found.items() if lines}
