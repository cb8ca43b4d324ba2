"""What cadre decides: people, appointments, seats and secondments, each a state, its commands and `evolve`."""
