package dev.ringside.bpf;

/** A program of its own, started by {@link PrivilegeTest} with fewer privileges than the tests have. */
final class LoadWithout {
    private LoadWithout() {}

    public static void main(String[] arguments) {
        LoadOutcome outcome = new BpfLoader(Fixture.RUNTIME).load(Fixture.SPEC, AttachPlan.of(
                AttachPoint.required("syscalls", Alternative.of(Mechanism.RAW_TRACEPOINT, "sys_enter", "count_raw_tp"))));
        switch (outcome) {
            case LoadOutcome.Loaded loaded -> {
                loaded.object().close();
                System.out.println("loaded");
            }
            case LoadOutcome.Refused refused -> System.out.println(refused.reason() + "; " + refused.remedy());
        }
    }
}
