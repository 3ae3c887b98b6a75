"""The pages of the sandbox for people: the mailbox, the bank's books, events and faults."""
