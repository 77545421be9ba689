/**
 * What training draws from the store: a frozen snapshot of its items, their order in every epoch,
 * and the batches of every step. All of it is a pure function of seed, snapshot and step. Read
 * {@link io.hybnext.streams.batch.BatchSource} first, then {@link
 * io.hybnext.streams.batch.Sampler}.
 */
package io.hybnext.streams.batch;
