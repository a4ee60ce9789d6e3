"""What errors, warnings and rules mean, why they come, and what to do: from the docstrings and hints of their classes.

``near-harness explain`` prints it, and the pages of the documentation are made from the same.
"""
