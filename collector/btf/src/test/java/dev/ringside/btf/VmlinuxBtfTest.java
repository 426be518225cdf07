package dev.ringside.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The types of the kernel that runs the test. */
class VmlinuxBtfTest {
    private static final Path VMLINUX = Path.of("/sys/kernel/btf/vmlinux");
    private BtfFile btf;

    @BeforeEach
    void read() throws IOException {
        assumeTrue(Files.isReadable(VMLINUX), "this kernel was built without BTF: " + VMLINUX + " is missing");
        btf = BtfFile.read(VMLINUX);
    }

    @Test
    void knowsWhatEveryKernelHas() {
        assertThat(btf.typeCount()).isGreaterThan(10_000);
        BtfType.Struct task = btf.struct("task_struct").orElseThrow();
        assertThat(btf.member(task, "pid").orElseThrow().size()).isEqualTo(4);
        assertThat(btf.member(task, "comm").orElseThrow().dimensions()).containsExactly(16);
        assertThat(btf.memberExists("sock", "__sk_common.skc_family")).isTrue();
        assertThat(btf.memberExists("task_struct", "no_such_member")).isFalse();
        assertThat(btf.func("tcp_v4_connect")).isPresent();
        assertThat(btf.typedef("btf_trace_sched_switch")).isPresent();
        assertThat(btf.enumValue("bpf_attach_type", "BPF_TRACE_ITER")).contains(28L);
    }

    @Test
    void everyStructsMembersResolve() {
        for (int id = 1; id < btf.typeCount(); id++) {
            if (btf.type(id) instanceof BtfType.Struct struct) {
                for (BtfField field : btf.fields(struct)) {
                    assertThat(field.byteOffset()).as("%s.%s", struct.name(), field.name()).isLessThanOrEqualTo(struct.size());
                }
            }
        }
    }

    /** All 130,000 of them: takes bpftool a third of a second. */
    @Test
    void readsEveryTypeAsBpftoolDoes() throws IOException, InterruptedException {
        Process bpftool;
        try {
            bpftool = new ProcessBuilder("bpftool", "btf", "dump", "file", VMLINUX.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new AssertionError("bpftool is not installed; apt install bpftool", e);
        }
        try (var theirs = bpftool.inputReader()) {
            // ENUM64 or ENUM, and the suffix of a wide value, the reader does not tell apart.
            new BpftoolText(btf, line -> assertThat(line.replace("ENUM64", "ENUM")).isEqualTo(next(theirs))).print();
            assertThat(theirs.readLine()).isNull();
        } finally {
            bpftool.destroy();
        }
        assertThat(bpftool.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    private static String next(java.io.BufferedReader reader) {
        try {
            String line = reader.readLine();
            return line == null ? null : line.replace("ENUM64", "ENUM").replaceAll("(val=-?\\d+)U?LL$", "$1");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
