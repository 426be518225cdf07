/** The daemon about itself: Micrometer's meters, in the same registry and exposition as the kernel families. */
package dev.ringside.exporters.micrometer;
