"""The HTTP API: blueprints of routes, one module for each subject."""
