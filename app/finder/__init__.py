"""Find: the search page, the title's page, and what a barcode found on a thing leads to."""
