"""Opens the files people send, in a process of its own and within bounds: what a file makes a reader ask for ends that process alone."""
