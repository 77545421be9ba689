package io.hybnext.streams.item;

/**
 * How far a source that never ends was followed.
 *
 * @param source which one, e.g. the address of a server; holds no secret
 * @param sequence everything up to this number of the source's own count is stored or put aside
 */
public record SourcePosition(String source, long sequence) {}
