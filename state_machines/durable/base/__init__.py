"""Terms that all of the engine uses; these modules import nothing else of it."""
