/**
 * What the daemon can be told. Each section is a record that declares its {@link dev.ringside.daemon.config.Setting}s next to the components they fill;
 * {@link dev.ringside.daemon.config.Settings} is the list of all of them, and everything else is derived from that list: the parser of files,
 * {@code --set} and environment variables, the JSON Schema, the commented default, the effective config.
 */
package dev.ringside.daemon.config;
