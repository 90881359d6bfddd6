"""The courier: picking from the shelves, packing tours, their papers, and the driver's page."""
