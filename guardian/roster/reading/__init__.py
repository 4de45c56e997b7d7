"""Reads the rosters that schools really export. Pure: no database, no network, no clock."""
