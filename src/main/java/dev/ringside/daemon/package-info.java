/** The daemon's beginning: who starts, who stops, and what joins the collector, the exporters and HTTP. */
package dev.ringside.daemon;
