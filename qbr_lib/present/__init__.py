"""What a reader sees: style, charts, tables, parts of a page and sentences; no arithmetic."""
