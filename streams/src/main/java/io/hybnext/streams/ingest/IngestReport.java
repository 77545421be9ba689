package io.hybnext.streams.ingest;

import io.hybnext.streams.flow.StageSnapshot;
import java.util.List;
import java.util.Map;

/**
 * What an ingestion did. {@code seen = stored + alreadyStored + duplicates + quarantined} unless it
 * was stopped by an error.
 *
 * @param source what was ingested
 * @param seen elements the source offered
 * @param stored items listed in the store by this run
 * @param alreadyStored items that an earlier run had stored; nothing was computed for them
 * @param duplicates items with the same bytes as another item
 * @param quarantined items put aside for other reasons
 * @param reasons how many were put aside by rule, duplicates included
 * @param sentences why the first few of them were put aside, duplicates excluded
 * @param cancelled whether it was asked to stop before the source ended
 * @param peakBytesInFlight most bytes in the stream at once
 * @param elapsedSeconds from start to the last flush
 * @param stages figures of every stage, in order
 */
public record IngestReport(
    String source,
    long seen,
    long stored,
    long alreadyStored,
    long duplicates,
    long quarantined,
    Map<String, Long> reasons,
    List<String> sentences,
    boolean cancelled,
    long peakBytesInFlight,
    double elapsedSeconds,
    List<StageSnapshot> stages) {}
