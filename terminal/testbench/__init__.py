"""The test bench around the driver: cards, faults, keypad and transcript, told while a POS program runs."""
