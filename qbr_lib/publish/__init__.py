"""Results and executed notebooks to files that people open."""
