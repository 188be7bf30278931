"""The native libraries in C, SSCardDriver and SSSE32: their sources, what is generated for them, how they are built.

Nothing of Python runs in the process that loads them; they talk to the service over a private socket
(`terminal.driver.framing`).
"""
