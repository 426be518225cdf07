/** The command line: one class a command. Commands write to the {@link dev.ringside.daemon.cli.Terminal} they are given, and end with an {@link dev.ringside.daemon.cli.ExitCode}. */
package dev.ringside.daemon.cli;
