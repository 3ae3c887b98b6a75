"""Events of the providers, and their meaning for the machines."""
