/**
 * The source of {@code dashboards/*.json}, and what holds the dashboards, rules and alerts to the metrics there are.
 *
 * <p>A dashboard is a class that lists its panels; {@code DashboardsTest} compares what it makes with the checked-in JSON, and with
 * {@code -Dringside.update=true} writes it.
 */
package dev.ringside.dashboards;
