"""One chart a module: a finished frame in, the axes it was drawn on out."""
