"""The sample organisation."""

DEFAULT_SEED = 1


def tables() -> dict:
    return {}
