/** Tests of the Helm chart by Helm's own engine. */
package dev.ringside.chart;
