/**
 * Images of an Orthanc server: its change feed, its files, its decoding. Read {@link
 * io.hybnext.streams.orthanc.OrthancSource} first.
 */
package io.hybnext.streams.orthanc;
