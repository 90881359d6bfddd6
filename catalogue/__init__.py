"""What there is, and what it is good for in class: titles, holdings, copies and boxes."""
