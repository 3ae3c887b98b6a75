"""The launcher: starts and stops the whole system on one machine. Needs only Python and make."""
