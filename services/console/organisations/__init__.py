"""What the pages of organisations, re-elections and documents are made of: words, official acts as data, plots and trees."""
