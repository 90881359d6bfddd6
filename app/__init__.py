"""The web pages, the doors for machines and the commands; the only part that knows Flask."""
