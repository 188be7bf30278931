"""The centre as a service: HTTP endpoints over the back office. Needs the extra `server`."""

MISSING = "the service needs more than a terminal does: pip install 'ssc-terminal[server]'"
"""What is told where the libraries of the service are not installed."""
