"""The folder around a ledger: who opens it and by which key, its lock, backups, journal, drafts and end."""
