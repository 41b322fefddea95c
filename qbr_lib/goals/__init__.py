"""Goals: what they measure, how far they have come, and what became of them."""
