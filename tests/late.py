"""Changes a module as soon as somebody imports it."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

Change = Callable[[ModuleType], None]


def after_import(name: str, *changes: Change) -> None:
    """Call each of `changes` with a module right after it was loaded, before its importer sees it.

    A second call for the same module has no effect: name all changes in one.
    """
    sys.meta_path.insert(0, _Finder(name, changes))


class _Finder(MetaPathFinder):
    def __init__(self, name: str, changes: Sequence[Change]) -> None:
        self._name = name
        self._changes = changes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the module by the usual way, and put our loader around its own."""
        if fullname != self._name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._changes)
        return spec


class _Loader(Loader):
    def __init__(self, inner: Loader, changes: Sequence[Change]) -> None:
        self._inner = inner
        self._changes = changes

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the module's own loader."""
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then change it."""
        self._inner.exec_module(module)
        for change in self._changes:
            change(module)
