/** Peers by host names that the config lists, resolved now and again by this machine's own resolver. */
package dev.ringside.daemon.dns;
