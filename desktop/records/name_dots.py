"""The dot that parts the name of a person, and what is meant as it."""

from __future__ import annotations

from typing import Final

DOT: Final = "·"
"""U+00B7, as it stands on the identity card."""
FORMS_OF_DOT: Final = "•‧∙⋅・･"
"""What is meant as that dot and nothing else: bullet, hyphenation point, operators, the dots of Japanese."""
