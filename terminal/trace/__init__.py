"""A session made readable: events become entries without secrets, entries become text or JSON."""
