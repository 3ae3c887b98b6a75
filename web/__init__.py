"""HTTP routes and commands, which send signals to machines."""
