"""What happened in a quarter: pure functions, a slice in, a frame or measures out."""
