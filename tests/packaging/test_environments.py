"""Which environments are made anew, from which source, and what stands in the locks beside them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from bootstrap import environments
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Any:
    """A folder with two locks and the place for an environment."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / ".venv").mkdir()
    (tmp_path / "packaging" / "requirements.txt").write_text("a==1\n")
    (tmp_path / "packaging" / "requirements-dev.txt").write_text("a==1\nb==2\n")
    return tmp_path


def test_nothing_is_installed_without_a_stamp(checkout: Path) -> None:
    assert not environments.is_installed(checkout, "runtime", "3.11.2")
    assert not environments.is_installed(checkout, "dev", "3.11.2")


def test_a_stamp_holds_until_something_changes(checkout: Path) -> None:
    environments.write_stamp(checkout, "dev", "3.11.2")
    assert environments.is_installed(checkout, "dev", "3.11.2")
    assert not environments.is_installed(checkout, "dev", "3.12.0")
    (checkout / "packaging" / "requirements-dev.txt").write_text("a==1\nb==3\n")
    assert not environments.is_installed(checkout, "dev", "3.11.2")


def test_the_larger_set_serves_for_the_smaller_but_not_the_other_way(checkout: Path) -> None:
    environments.write_stamp(checkout, "dev", "3.11.2")
    assert environments.is_installed(checkout, "runtime", "3.11.2")
    environments.write_stamp(checkout, "runtime", "3.11.2")
    assert environments.is_installed(checkout, "runtime", "3.11.2")
    assert not environments.is_installed(checkout, "dev", "3.11.2")


def test_a_moved_checkout_is_installed_again(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    environments.write_stamp(checkout, "dev", "3.11.2")
    moved = tmp_path_factory.mktemp("elsewhere") / "checkout"
    checkout.rename(moved)
    assert not environments.is_installed(moved, "dev", "3.11.2")


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"'])
def test_a_damaged_stamp_counts_as_none(checkout: Path, content: Any) -> None:
    environments.stamp_path(checkout).write_text(content)
    assert not environments.is_installed(checkout, "dev", "3.11.2")


def test_no_environment_is_found_where_none_runs(checkout: Path) -> None:
    assert environments.read_environment(checkout) is None


def test_the_project_is_linked_without_building_it(checkout: Path, tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("the script is a .cmd there")
    (checkout / "desktop").mkdir()
    (checkout / "desktop" / "__init__.py").write_text("")
    (checkout / "desktop" / "cli.py").write_text(
        "import sys\n\n\ndef main():\n    print(sys.argv)\n    return 7\n"
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / ".venv"], check=True)
    environment = environments.read_environment(checkout)
    assert environment is not None
    environments.link_project(checkout, environment)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [environment.scripts / "xiaosanji", "demo", "a b"], cwd="/", env=env, capture_output=True, text=True
    )
    assert done.returncode == 7, done.stderr
    assert done.stdout.strip() == "['xiaosanji', 'demo', 'a b']"


def test_uv_is_used_when_it_would_ask_the_same_sources() -> None:
    assert environments.usable_uv({}, [], lambda name: "/bin/uv") == "/bin/uv"
    assert environments.usable_uv({}, [], lambda name: None) is None


@pytest.mark.parametrize(
    ("env", "configuration"),
    [({"PIP_FIND_LINKS": "/wheels"}, []), ({"PIP_CERT": "/ca.pem"}, []), ({}, [Path("/etc/pip.conf")])],
)
def test_uv_steps_aside_where_pip_has_a_configuration_of_its_own(env: Any, configuration: Any) -> None:
    assert environments.usable_uv(env, configuration, lambda name: "/bin/uv") is None


def test_uv_is_told_the_index_of_pip_but_keeps_its_own() -> None:
    assert environments.uv_environment({"PIP_INDEX_URL": "x"})["UV_DEFAULT_INDEX"] == "x"
    assert (
        environments.uv_environment({"PIP_INDEX_URL": "x", "UV_DEFAULT_INDEX": "y"})["UV_DEFAULT_INDEX"]
        == "y"
    )
    assert environments.uv_environment({}) == {}


def test_the_user_s_configuration_of_pip_is_found(tmp_path: Path) -> None:
    file = tmp_path / ".config" / "pip" / "pip.conf"
    assert file not in environments.pip_configuration(tmp_path)
    file.parent.mkdir(parents=True)
    file.write_text("[global]\n")
    assert file in environments.pip_configuration(tmp_path)


def pins(name: str) -> Any:
    """Package -> version of a lock."""
    text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ]+)", text, re.MULTILINE))


def normal(requirement: str) -> Any:
    """The name of a requirement as package indexes write it."""
    return re.sub(r"[-_.]+", "-", re.findall(r"[\w.-]+", requirement)[0]).lower()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_a_hash_and_no_address_stands_in_the_lock(name: str) -> None:
    text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(name)) > 20
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


@pytest.mark.parametrize(("name", "packages"), [("peers", {"apsw", "pygeodiff"}), ("fuzz", {"atheris"})])
def test_what_only_some_runs_need_is_pinned_apart_from_everything_else(name: str, packages: Any) -> None:
    lock = f"requirements-{name}.txt"
    text = (ROOT / "packaging" / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert pins(lock).keys() == packages
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert not pins(lock).keys() & pins("requirements-dev.txt").keys()


def test_the_peers_are_installed_once_and_again_when_their_lock_changes(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    environment = environments.Environment(checkout / "python", "3.11.2", checkout, checkout)
    monkeypatch.setattr(environments, "read_environment", lambda root: environment if made else None)
    monkeypatch.setattr(environments, "make_environment", lambda root, uv: made.append(root) or environment)
    monkeypatch.setattr(
        environments, "install_locks", lambda root, profile, environment, uv: made.append(profile)
    )
    lock = checkout / "packaging" / "requirements-peers.txt"
    lock.write_text("c==1\n")
    assert (
        environments.prepare_aside("peers", checkout)
        == environments.prepare_aside("peers", checkout)
        == environment
    )
    assert made == [checkout / "build" / "peers", "peers"]
    lock.write_text("c==2\n")
    environments.prepare_aside("peers", checkout)
    assert len(made) == 4


def test_both_locks_agree_and_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime, everything = pins("requirements.txt"), pins("requirements-dev.txt")
    assert runtime.items() <= everything.items()
    assert {normal(r) for r in project["dependencies"]} <= runtime.keys()
    assert {normal(r) for r in project["optional-dependencies"]["dev"]} <= everything.keys()


def test_a_package_asked_for_with_an_extra_is_pinned_with_it() -> None:
    """Else the pip of Python 3.11 takes the newest release for a name with an extra, and that has no hash here."""
    text = (ROOT / "packaging" / "requirements-dev.txt").read_text(encoding="utf-8")
    pinned = {
        n: set(filter(None, x.split(",")))
        for n, x in re.findall(r"^([a-z0-9._-]+)\[?([a-z,]*)\]?==", text, re.M)
    }
    asked: dict[str, set[str]] = {}
    for name in pinned:
        try:
            found = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # pinned for another system
            continue
        for requirement in map(Requirement, found):
            if requirement.extras and (
                requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            ):
                asked.setdefault(normal(requirement.name), set()).update(requirement.extras)
    assert "coverage" in asked
    assert {name: extras - pinned[name] for name, extras in asked.items() if extras - pinned[name]} == {}


def test_every_runtime_package_has_its_licence_listed() -> None:
    text = (ROOT / "packaging" / "licences.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", text, re.MULTILINE))
    assert rows.keys() == pins("requirements.txt").keys()
    assert not [name for name, licence in rows.items() if licence.strip().startswith("GPL")]


def test_packaging_is_no_package() -> None:
    import packaging

    assert not (ROOT / "packaging" / "__init__.py").exists()
    assert packaging.__file__ is not None
    assert not Path(packaging.__file__).is_relative_to(ROOT / "packaging")
