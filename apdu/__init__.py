"""What card and terminal say to each other: bytes to meaning and meaning to bytes.

Nothing here opens a reader, looks at the clock or draws a random number: callers bring what is needed.
"""
