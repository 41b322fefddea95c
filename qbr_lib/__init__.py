"""Quarterly business review workbooks: from a CRM export to every team's executed review."""
