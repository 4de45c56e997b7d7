"""Budgets. A roster over one of them is refused before it is unpacked, or while it is being read."""

MEGABYTE = 1024 * 1024

WORKBOOK_BYTES = 50 * MEGABYTE
"""Inflated bytes of an xlsx, xls or ods file: the sheet is held in memory."""
WORKBOOK_ROWS = 200_000
TEXT_BYTES = 400 * MEGABYTE
"""Inflated bytes of delimited text or of all members of a bundle."""
TEXT_ROWS = 1_200_000
MARKUP_BYTES = 50 * MEGABYTE
"""HTML tables, SpreadsheetML and XML exports."""
MEMBERS = 200
"""Files in a zip or folder."""
COLUMNS = 500
CELL_CHARACTERS = 32_767
LINE_CHARACTERS = 4 * MEGABYTE
"""One physical line of text."""
HEADER_ROWS = 15
"""The header is looked for in the first rows only."""
FINDINGS_PER_CODE = 1_000
"""More findings of one code are counted, not listed."""
SMALL_ROWS = 50_000
"""Up to here every key is remembered; above, only the keys that occur more than once."""
REREAD_CHARACTERS = 32 * MEGABYTE
"""What recovery after unclosed quotes may read again before it goes on line by line."""
