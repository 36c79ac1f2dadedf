"""A staff congress: delegates, quorum, motions and their votes."""
