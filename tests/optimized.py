"""Imports the program as ``python -O`` would, while the tests keep their own asserts.

Under a real ``-O`` the asserts of helper modules in ``tests/`` would vanish with those of the program, and a test
that checks nothing passes. So only the package under test is compiled without them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

OPTIMIZE = 1  # what one -O means: no asserts, __debug__ is False


class OptimizingLoader(SourceFileLoader):
    """Loads a module from its source, past the byte code that other runs left in the cache."""

    def get_code(self, fullname: str) -> CodeType:
        """The module's code without asserts."""
        path = self.get_filename(fullname)
        code: CodeType = compile(self.get_data(path), path, "exec", dont_inherit=True, optimize=OPTIMIZE)
        return code


class OptimizingFinder(MetaPathFinder):
    """Finds one package and all below it as usual, and has their source loaded by :class:`OptimizingLoader`."""

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The ordinary specification with the other loader; ``None`` for every other package."""
        if fullname != self.package and not fullname.startswith(f"{self.package}."):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = OptimizingLoader(spec.loader.name, spec.loader.path)
        return spec


def install(package: str = "desktop") -> OptimizingFinder:
    """From now on import ``package`` without asserts; it must not have been imported before."""
    early = sorted(name for name in sys.modules if name == package or name.startswith(f"{package}."))
    if early:
        raise RuntimeError(f"already imported with asserts: {', '.join(early)}")
    finder = OptimizingFinder(package)
    sys.meta_path.insert(0, finder)
    return finder
