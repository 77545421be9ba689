package io.hybnext.streams.dicom;

/**
 * Stored values of one frame, before any modality or VOI transformation. The array is the owner's.
 *
 * @param image what they mean
 * @param values pixel by pixel, samples together; unsigned unless {@code image.signed()}
 */
public record StoredPixels(DicomImage image, short[] values) {

  /** A value with its sign. */
  public int value(int index) {
    return image.signed() ? values[index] : values[index] & 0xFFFF;
  }
}
