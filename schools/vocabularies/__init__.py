"""The words that schools and media centres share: own tables, read once."""
