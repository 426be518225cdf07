# Reads preprocessed C; for each struct and enum that Java reads writes a global of that type (a pointer to a struct).
/^# [0-9]+ "/ { ours = ($3 !~ /^"\//); next }
ours {
	line = $0
	while (match(line, /(struct|enum)[ \t]+[A-Za-z0-9_]+[ \t]*\{/)) {
		split(substr(line, RSTART, RLENGTH - 1), word)
		line = substr(line, RSTART + RLENGTH)
		if (word[1] == "struct" && word[2] ~ /_(event|header|row|key|value)$/)
			print "struct " word[2] " *exported_" word[2] ";"
		if (word[1] == "enum" && word[2] ~ /_kind$/)
			print "enum " word[2] " exported_" word[2] ";"
	}
}
