"""The store: the only SQL of the house, and the truth of every game."""
