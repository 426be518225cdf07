# From /debug/probes, whose indentation tells a probe's name from a point's.
{ key = $1; value = $0; sub(/^ *"[a-z_]*" : "/, "", value); sub(/",?$/, "", value) }
/^      "name"/ { probe = value }
/^          "name"/ { point = value }
/^              "mechanism"/ { mechanism = value }
/^              "hook"/ { hook = value }
/^              "reason"/ { print "REFUSED", hooks, probe, point, mechanism, hook " | " value }
