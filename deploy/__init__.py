"""How HalfSky is run: images, the local launcher and the servers it needs."""
