# First file: what is expected (see `expect` in checks); second: a scrape. Prints a line for each expectation.
FNR == NR { expectation[++expectations] = $0; next }
/^#/ { next }
{
  brace = index($0, "{")
  add(brace ? substr($0, 1, brace - 1) : $1)
}
# Connections asked for, whatever became of them: what the kernel calls active opens.
/^ringside_tcp_connections_opened_total/ && /role="client"/ { add("opened_or_failed") }
/^ringside_tcp_connection_failures_total/ && /reason="(refused|timeout|aborted)"/ { add("opened_or_failed") }
# What the kernel says that it has left out of plain tracepoints: since 6.7 (docs/kernels.md). Each may be a connection.
hooks == "tracepoint" && /^ringside_bpf_program_missed_total/ && /probe="tcp"/ { missed += $NF }
/^ringside_probe_attached/ && $NF == 0 { add("unattached") }

function add(family) { series[family, ++size[family]] = $0 }

END {
  for (e = 1; e <= expectations; e++) {
    count = split(expectation[e], word, " ")
    expected = word[3]
    seen = 0
    for (s = 1; s <= size[word[4]]; s++) {
      line = series[word[4], s]
      for (w = 5; w <= count; w++) {
        if (word[w] ~ /^!/ ? index(line, substr(word[w], 2)) : !index(line, word[w])) break
      }
      # The number is the last word; a label's value may hold blanks.
      if (w > count) seen += (word[4] == "unattached") ? 1 : substr(line, match(line, /[^ ]+$/))
    }
    # With a connection go its bytes, of which most checks send 1,000.
    each = word[1] ~ /_bytes$/ ? 1000 : 1
    if (word[2] == "=") good = seen == expected || word[1] ~ /^tcp\// && seen < expected && expected - seen <= missed * each
    else if (word[2] == ">=") good = seen >= expected
    else if (word[2] ~ /^\+-/) good = seen >= expected - substr(word[2], 3) && seen <= expected + substr(word[2], 3)
    else {
      tolerance = substr(word[2], 2) / 100
      good = seen >= expected * (1 - tolerance) && seen <= expected * (1 + tolerance)
    }
    printf "CHECK %s %s expected=%s%.10g seen=%.10g %s\n", hooks, word[1], word[2] == "=" ? "" : word[2], expected, seen, good ? "ok" : "FAIL"
  }
}
