"""The same scenario again and again, each time with one receipt that goes wrong in another way."""
