"""The desk: hand out, take back, count parts, by scanned codes alone."""
