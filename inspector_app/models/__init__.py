"""The register: tables, the operation log, and the only place that opens transactions."""
