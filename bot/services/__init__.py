"""The use cases: what a press, a command or a timer sets in motion."""
