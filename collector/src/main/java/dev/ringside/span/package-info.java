/** Spans of what the kernel saw: what one is, which are kept, and the queue to whoever exports them. */
package dev.ringside.span;
