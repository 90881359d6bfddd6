"""Pure rules about whom we serve: roles, grades, school years and periods of days."""
