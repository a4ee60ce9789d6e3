"""The table of times, drawn: in the terminal, as Markdown, and as a picture."""
