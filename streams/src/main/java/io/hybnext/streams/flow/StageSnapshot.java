package io.hybnext.streams.flow;

/**
 * What a stage did up to a moment. Two snapshots give the figures of the time between them.
 *
 * @param stage its name in the stream
 * @param elements finished, put aside or not
 * @param elementsPerSecond finished, over the time since the first one arrived
 * @param queueDepth arrived and not begun
 * @param inProgress begun and not finished
 * @param bytesInFlight bytes of the elements that arrived and did not finish
 * @param busyShare share of the stage's workers' time spent working, 0 to 1
 * @param busySeconds worker time spent, all workers together
 * @param elapsedSeconds since the first element arrived
 * @param quarantined put aside here
 */
public record StageSnapshot(
    String stage,
    long elements,
    double elementsPerSecond,
    long queueDepth,
    long inProgress,
    long bytesInFlight,
    double busyShare,
    double busySeconds,
    double elapsedSeconds,
    long quarantined) {}
