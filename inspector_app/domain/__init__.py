"""Words, units and rules as tables; knows no database, Qt, HTTP, PDF, clock or disk."""
