"""The Discord surface: commands, buttons, and what people see."""
