"""The words of roster headers in five languages, and of the values under them."""
