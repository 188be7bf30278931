"""The bank's application beside the social one: PBOC debit, its own files, PIN, counters and keys."""
