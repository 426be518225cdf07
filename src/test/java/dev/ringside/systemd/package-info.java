/** The unit for hosts, under a real systemd. */
package dev.ringside.systemd;
