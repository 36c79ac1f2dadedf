"""How it travels: from bytes that nobody has to believe, by who may say what, to a ledger that was brought in line.

Each room knows only those below it: ``merging`` and ``enrolling``, ``bundles``, ``authority``, the kernel ``trust``,
``signed``, ``formats``, ``errors``.
"""
