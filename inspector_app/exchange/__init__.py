"""Files of others, coming in and going out."""
