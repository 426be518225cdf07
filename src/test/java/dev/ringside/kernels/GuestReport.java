package dev.ringside.kernels;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the checks in a guest said; {@code src/test/kernels/checks} explains the lines.
 *
 * @param taken   by each daemon
 * @param refused by the kernel, with the reason; of the daemon that was free to choose
 * @param skipped what this guest could not show, with the reason
 */
record GuestReport(String series, List<Verdict> verdicts, Map<String, List<Hook>> taken, Map<Hook, String> refused, Map<String, String> skipped) {

    /** The daemon that insists on nothing. */
    static final String BEST = "best";

    private static final Pattern CHECK = Pattern.compile("CHECK (\\S+) (\\S+) expected=(\\S+) seen=(\\S+) (ok|FAIL)");
    private static final Pattern HOOK = Pattern.compile("HOOK (\\S+) (\\S+) (\\S+) (\\S+) (.+)");
    private static final Pattern REFUSED = Pattern.compile("REFUSED " + BEST + " (\\S+) (\\S+) (\\S+) (.+?) \\| (.+)");
    private static final Pattern SKIPPED = Pattern.compile("SKIP (\\S+) \\| (.+)");

    static GuestReport parse(String series, List<String> console) {
        List<Verdict> verdicts = new ArrayList<>();
        Map<String, List<Hook>> taken = new LinkedHashMap<>();
        Map<Hook, String> refused = new LinkedHashMap<>();
        Map<String, String> skipped = new LinkedHashMap<>();
        for (String line : console) {
            Matcher check = CHECK.matcher(line);
            Matcher hook = HOOK.matcher(line);
            Matcher refusal = REFUSED.matcher(line);
            Matcher skip = SKIPPED.matcher(line);
            if (check.matches()) {
                verdicts.add(new Verdict(check.group(1), check.group(2), check.group(3), check.group(4), check.group(5).equals("ok")));
            } else if (hook.matches()) {
                taken.computeIfAbsent(hook.group(1), any -> new ArrayList<>())
                        .add(new Hook(hook.group(2), hook.group(3), hook.group(4), hook.group(5)));
            } else if (refusal.matches()) {
                refused.put(new Hook(refusal.group(1), refusal.group(2), refusal.group(3), refusal.group(4)), refusal.group(5));
            } else if (skip.matches()) {
                skipped.put(skip.group(1), skip.group(2));
            }
        }
        return new GuestReport(series, List.copyOf(verdicts), taken, refused, skipped);
    }

    /** {@code 6.1: tcp/retransmits: expected 12, saw 0}; of a point without a hook also what the kernel said of each there is. */
    String complaint(Verdict verdict) {
        String complaint = verdict.complaint(series);
        if (verdict.name().endsWith("/points_without_hook")) {
            for (Map.Entry<Hook, String> no : refused.entrySet()) {
                if (no.getKey().probe().equals(verdict.probe())) {
                    complaint += "; " + no.getKey().mechanism() + " " + no.getKey().target() + ": " + no.getValue();
                }
            }
        }
        return complaint;
    }

    boolean allGood(String hooks, String probe) {
        return verdicts.stream().filter(v -> v.hooks().equals(hooks) && v.probe().equals(probe)).allMatch(Verdict::good);
    }
}
