"""What org decides: one module an aggregate, each with its state, one pure function per command, and `evolve`."""
