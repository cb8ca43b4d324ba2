"""The pages, one module an area; each gives `router`, or `public` for what needs no sign-in."""
