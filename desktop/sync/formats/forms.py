"""How the ids, digests and codes of the format are written (“Words used” of the format document)."""

from __future__ import annotations

import re
from typing import Final

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
"""A SHA-256 in lower-case hexadecimal digits."""
STATION: Final = DIGEST
"""A station id is the digest of the station's first raw public signing key."""
INCARNATION: Final = re.compile(r"[0-9a-f]{16}")
"""64 random bits."""
UNIT: Final = re.compile(r"[0-9a-f]{32}")
"""A unit id, which is a UUID without hyphens."""
NONCE: Final = re.compile(r"[0-9a-f]{32}")
"""128 random bits."""
CODE: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
"""The code by which people know a unit: that of its division, or one of its own."""
