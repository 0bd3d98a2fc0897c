"""The command line: everything the window does to data, in the words of the handbook."""
