"""What is overdue, called back or put off: lists, letters, paper, and one loan at a time."""
