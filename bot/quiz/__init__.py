"""The rules of play and the values they work on: no input or output, no clock, no dice."""
