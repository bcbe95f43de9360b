"""How a connection is synced: pages read in order, rows written in bulk, cursors kept with the data."""
