"""The only writers of switches, credentials and sync requests: keyword-only functions."""
