"""What will happen, and how often that was right: forecasts, those to beat, and their scores."""
