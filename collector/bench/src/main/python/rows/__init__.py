"""The rows of the comparison, in the order of the page."""

from rows import applications, drain, event_path, footprint, growth, hook_cost, kubelet, sustained, traces

ROWS = [applications.ROW, hook_cost.ROW, drain.ROW, event_path.ROW, sustained.ROW, footprint.ROW, growth.ROW, kubelet.ROW, traces.ROW]
