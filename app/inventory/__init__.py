"""What stands at schools: devices, defects, members."""
