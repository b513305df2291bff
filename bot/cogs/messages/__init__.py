"""Every word and card that people see, as plain values."""
