"""Parts of a transition: locks, savepoints and spans."""
