/**
 * De-identification at the door (PS3.15 annex E): what identifies a person is left behind before an
 * item enters the stream, so that no stage, message or file after it can hold it. Read {@link
 * io.hybnext.streams.deidentify.DeidentifiedSource} first.
 */
package io.hybnext.streams.deidentify;
