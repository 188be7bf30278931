"""The centre as a service: HTTP endpoints over the back office. Needs the extra `server`."""
