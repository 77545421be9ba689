/**
 * Ingestion as a service of commands: opens the networks that settings name, runs {@code
 * streams.ingest} with them and tells how far it is. Read {@link
 * io.hybnext.ops.intake.IngestService} first.
 */
package io.hybnext.ops.intake;
