"""What a user sees; the only floor with Qt."""

from desktop.ui import binding

__all__ = ["binding"]
