"""What the store keeps, one module a subject; each class is a part of `terminal.backoffice.store.Store`."""
