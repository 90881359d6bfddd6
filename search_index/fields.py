"""The fields of a document that words are looked for in."""

NAME = "name"
"""Title and subtitle."""

TEXT = "text"
"""Series, keywords, topics, persons and summary; title and subtitle too, without their places."""

NUMBER = "number"
"""Media number, ISBN, inventory numbers and barcodes, as `german.number_key` has them."""

SCORED = (NAME, TEXT)
"""Fields with lengths and places."""
