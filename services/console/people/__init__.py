"""What the pages of people, appointments, audit and import are made of: words, the acts as data, profiles, what changed, uploads."""
