"""The command ``medienbruecke``: one module a group."""
