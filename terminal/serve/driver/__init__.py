"""The reader driver as a service: what native libraries, browsers and local programs talk to."""
