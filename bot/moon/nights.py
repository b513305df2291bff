"""How many nights stand beside tonight's, before it and after it; apart, so that asking imports no NumPy."""

NIGHTS = 3
