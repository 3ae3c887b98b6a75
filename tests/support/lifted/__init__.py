"""An application of another noun than the shop's, on the engine alone."""
