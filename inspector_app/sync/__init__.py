"""The exchange with the central server, seen from a laptop; `wire` is shared with the server."""
