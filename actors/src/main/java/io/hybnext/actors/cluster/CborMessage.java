package io.hybnext.actors.cluster;

/** Marks messages that cross process borders, written as CBOR by Jackson. They hold no arrays. */
interface CborMessage {}
