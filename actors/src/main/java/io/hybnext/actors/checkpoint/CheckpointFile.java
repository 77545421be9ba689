package io.hybnext.actors.checkpoint;

/**
 * A file of a checkpoint.
 *
 * @param name its name in the folder
 * @param sizeBytes its length
 * @param sha256 hash of its bytes, lower-case hexadecimal
 */
public record CheckpointFile(String name, long sizeBytes, String sha256) {}
