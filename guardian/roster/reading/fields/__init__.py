"""Parsers of single cells. Each gives the value and the codes of what was wrong with it, or was mended."""
