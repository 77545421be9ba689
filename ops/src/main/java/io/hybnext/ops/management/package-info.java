/**
 * How a process of the cluster is seen from outside, and finds the others where nobody tells it
 * their addresses: Pekko Management's HTTP port with probes, cluster bootstrap, and the Lease of
 * Kubernetes. Read {@link io.hybnext.ops.management.ManagementPort} first.
 */
package io.hybnext.ops.management;
