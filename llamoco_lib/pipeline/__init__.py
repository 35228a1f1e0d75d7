"""The runner of the workbook: which notebook follows which, what has changed, and the report over all results."""
