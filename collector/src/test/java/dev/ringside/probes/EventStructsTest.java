package dev.ringside.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.btf.BtfFile;
import dev.ringside.btf.BtfType;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the drain takes for granted of every record, read off the types that the compiler laid out. */
class EventStructsTest {
    private static final String TYPES = "probes/target/bpf/types";

    @Test
    void everyRecordBeginsWithTheHeaderAndIsWholeWords() throws IOException {
        List<String> records = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String object : Repository.stems(TYPES, ".bpf.o")) {
            BtfFile btf = BtfFile.read(Repository.path(TYPES + "/" + object + ".bpf.o"));
            for (int id = 1; id < btf.typeCount(); id++) {
                if (btf.type(id) instanceof BtfType.Struct struct && !struct.union() && struct.name().endsWith("_event")) {
                    records.add(struct.name());
                    problems.addAll(problems(btf, struct));
                }
            }
        }

        assertThat(problems).isEmpty();
        assertThat(records).contains("tcp_event", "process_exec_event", "process_exit_event");
    }

    /** The ring aligns records to 8 bytes, and accessors read their members aligned. */
    private static List<String> problems(BtfFile btf, BtfType.Struct struct) {
        List<String> problems = new ArrayList<>();
        BtfType.Member first = struct.members().getFirst();
        boolean header = first.name().equals("header") && btf.resolve(first.typeId()).name().equals("event_header") && first.bitOffset() == 0;
        if (!header) {
            problems.add("struct " + struct.name() + " doesn't begin with struct event_header header");
        }
        if (struct.size() % Long.BYTES != 0) {
            problems.add("struct " + struct.name() + " isn't a multiple of 8 bytes: size=" + struct.size());
        }
        return problems;
    }
}
