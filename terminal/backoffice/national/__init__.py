"""The national medical insurance interface, as pure JSON in and out; `interface.NationalInterface` answers it."""
