"""What a terminal does with one card: generators that yield commands and are sent responses; no I/O."""
