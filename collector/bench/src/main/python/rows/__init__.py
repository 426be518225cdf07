"""The rows of the comparison, in the order of the page."""

from rows import drain, event_path

ROWS = [drain.ROW, event_path.ROW]
