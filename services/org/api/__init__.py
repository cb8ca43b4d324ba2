"""The HTTP face of org: one router a noun."""
