"""pytest fixtures for POS teams: cards, slots, a back office and a terminal. See docs/pos-testing.md."""
