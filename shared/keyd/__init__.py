"""The key process: holds the keys that personal values are sealed with, apart from everything that holds the values."""
