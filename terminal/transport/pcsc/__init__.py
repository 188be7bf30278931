"""Real readers over PC/SC: the only place that imports pyscard, and only when a reader is asked for."""
