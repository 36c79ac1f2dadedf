"""Taking attendance of a training course: pasting a list, matching, ticking."""
