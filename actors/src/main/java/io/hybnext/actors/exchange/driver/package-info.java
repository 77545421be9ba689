/**
 * The one media driver of a host, through whose shared memory all its members exchange gradients,
 * and which outlives any of them. Read {@link io.hybnext.actors.exchange.driver.MediaDriverHost}
 * first.
 */
package io.hybnext.actors.exchange.driver;
