"""This project, timed in the same shape as the others: on the embedded node, and on the same node as a process."""
