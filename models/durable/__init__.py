"""The engine's own rows: executions, activities, signals, history and the sweep."""
