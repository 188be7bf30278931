"""The shared language of card and terminal: bytes to meaning and back, for both sides.

No I/O, no clock, no randomness of its own.
"""
