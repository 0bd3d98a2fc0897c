"""The papers: content first, then layout with ReportLab."""
