/** Tests of the OCI image that {@code make image} leaves: what is in it, and that it runs as the chart runs it. */
package dev.ringside.image;
