"""Real processes, real sockets, real kills: what the simulation cannot show."""
