"""The store's versions, numbered, with one head."""
