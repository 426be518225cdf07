package dev.ringside.daemon.config;

import java.util.List;

/**
 * Whether what container runtimes write down is read.
 *
 * @param use {@link Use#AUTO}: if there is a runtime, and no kubelet that would tell the names later
 */
public record RuntimesConfig(Use use) {

    public enum Use { AUTO, TRUE, FALSE }

    static final Setting<String> FILES = Setting.choice("identity.runtime_files", "auto", List.of("auto", "true", "false"),
            "Whether to read containers' names from the files of Docker, Podman, containerd or CRI-O below paths.rootfs, which takes one thread that keeps "
                    + "CAP_DAC_READ_SEARCH; auto does if there are such files and no kubelet is asked.");

    /** The same, but without ever reading. */
    public RuntimesConfig off() {
        return new RuntimesConfig(Use.FALSE);
    }

    static RuntimesConfig from(Values values) {
        return new RuntimesConfig(switch (values.get(FILES)) {
            case "true" -> Use.TRUE;
            case "false" -> Use.FALSE;
            default -> Use.AUTO;
        });
    }
}
