/**
 * Ingestion: images from a source become items of a store, as one bounded, cancellable and measured
 * stream. Read {@link io.hybnext.streams.ingest.Ingest} first, then {@link
 * io.hybnext.streams.ingest.IngestFlows}.
 */
package io.hybnext.streams.ingest;
