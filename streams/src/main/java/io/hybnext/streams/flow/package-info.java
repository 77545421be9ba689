/**
 * What every stage of a stream shares: a budget of bytes in flight and meters. Read {@link
 * io.hybnext.streams.flow.ByteBudget} first.
 */
package io.hybnext.streams.flow;
