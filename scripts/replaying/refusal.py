"""What cannot be replayed."""


class Refusal(Exception):
    """Says by name what is not known here; for people."""
