"""What writes beside the sync."""
