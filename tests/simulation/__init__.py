"""Laptops, a server and a bad world in one thread: the real round and the real journal under random schedules."""
