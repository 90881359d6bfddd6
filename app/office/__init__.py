"""The office of a centre: accounts, letters, jobs, legal pages, its address."""
