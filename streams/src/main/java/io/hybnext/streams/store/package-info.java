/**
 * The segment store: tokens, captions, features and provenance in Arrow IPC files that are written
 * once, and a ledger that says which of them exist. What the ledger does not list does not exist,
 * so nothing half-written is ever seen. Read {@link io.hybnext.streams.store.SegmentStore} first.
 */
package io.hybnext.streams.store;
