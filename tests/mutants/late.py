"""Breaks a module as soon as somebody imports it."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

Break = Callable[[ModuleType], None]


def after_import(name: str, do: Break) -> None:
    """Call `do` with the module `name` right after it was loaded, before its importer sees it."""
    sys.meta_path.insert(0, _Finder(name, do))


class _Finder(MetaPathFinder):
    def __init__(self, name: str, do: Break) -> None:
        self._name = name
        self._do = do

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the module by the usual way, and put our loader around its own."""
        if fullname != self._name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._do)
        return spec


class _Loader(Loader):
    def __init__(self, inner: Loader, do: Break) -> None:
        self._inner = inner
        self._do = do

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the module's own loader."""
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then break it."""
        self._inner.exec_module(module)
        self._do(module)
