"""What will happen: where a quarter will end, and how often such outlooks were right."""
