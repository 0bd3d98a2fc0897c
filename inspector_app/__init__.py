"""A field register of orphan hazardous-waste sites: window, command line and central server."""

__version__ = "0.1.0"
