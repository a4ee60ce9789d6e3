"""What a test does to a chain besides sending transactions: time, steps, state, files. ``Near`` is made of these."""
