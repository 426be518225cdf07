/**
 * One line per message on stderr, from everybody: the collector and the daemon by {@link java.lang.System.Logger}, libraries by
 * {@code java.util.logging}. A parameter that is a {@link java.util.Map.Entry} becomes a field of the line:
 *
 * {@snippet :
 * LOG.log(Level.INFO, "probe attached", Map.entry("probe", "tcp"), Map.entry("hook", "tp_btf/inet_sock_set_state"));
 * // ts=2026-11-23T10:15:30.123Z level=info logger=engine msg="probe attached" probe=tcp hook=tp_btf/inet_sock_set_state
 * }
 */
package dev.ringside.daemon.log;
