"""What every connector of the catalogue has to keep."""
