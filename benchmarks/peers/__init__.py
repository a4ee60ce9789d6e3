"""What users would pick instead: a folder for each, with the program that takes times and a suite of isolated tests."""
