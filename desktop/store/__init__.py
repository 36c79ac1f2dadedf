"""Where it is kept: the only floor with SQL.

Each room knows only those below it: ``workspaces``, the ``ledger``, ``writing``, ``merging``, ``queries``, ``peers``,
``log``, ``tables``.
"""
