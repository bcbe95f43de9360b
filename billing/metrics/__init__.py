"""Figures that lenders ask for, as pure functions of sums; nothing here knows the database."""
