"""Records as the commerce model has them (reference codat/facts.md §6), one module for each kind of object.

Pure functions from columns to the API's objects: whoever calls them has asked the database for all that they need.
"""
