"""Changes of other rows that arrows name, in the transaction of the transition."""
