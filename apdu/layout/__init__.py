"""The card, declared once: every file, item and access rule, with its source and its vectors."""
