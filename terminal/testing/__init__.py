"""What stands behind the fixtures of `terminal.pytest_plugin`; see docs/pos-testing.md."""
