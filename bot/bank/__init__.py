"""The question bank: facts in, questions out; the only YAML of the house."""
