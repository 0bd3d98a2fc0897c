"""Every row of docs/performance.md as a small program that measures ours and its floor in the same run."""
