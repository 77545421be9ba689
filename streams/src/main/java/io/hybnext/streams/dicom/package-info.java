/**
 * DICOM files (PS3.5, PS3.10): data elements in every encoding, pixel data native, run-length coded
 * or as JPEG, and their rendering to 8 bits. What is not read is refused with a sentence that names
 * it. Read {@link io.hybnext.streams.dicom.DicomDecoder} first.
 */
package io.hybnext.streams.dicom;
