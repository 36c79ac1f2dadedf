"""The whole story without a window, on real divisions and invented people: what ``xiaosanji demo`` plays."""

from desktop.operations.demo.story import play

__all__ = ["play"]
