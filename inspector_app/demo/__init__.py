"""The demonstration register: published figures as records, and synthetic sites beyond them."""
