package io.hybnext.streams.dicom;

/** Tags of data elements, group and element number in one int (PS3.6). */
public final class DicomTag {
  static final int TRANSFER_SYNTAX_UID = 0x00020010;
  static final int SPECIFIC_CHARACTER_SET = 0x00080005;
  static final int SAMPLES_PER_PIXEL = 0x00280002;
  static final int PHOTOMETRIC_INTERPRETATION = 0x00280004;
  static final int PLANAR_CONFIGURATION = 0x00280006;
  static final int NUMBER_OF_FRAMES = 0x00280008;
  static final int ROWS = 0x00280010;
  static final int COLUMNS = 0x00280011;
  static final int BITS_ALLOCATED = 0x00280100;
  static final int BITS_STORED = 0x00280101;
  static final int HIGH_BIT = 0x00280102;
  static final int PIXEL_REPRESENTATION = 0x00280103;
  static final int PIXEL_PADDING_VALUE = 0x00280120;
  static final int WINDOW_CENTER = 0x00281050;
  static final int WINDOW_WIDTH = 0x00281051;
  static final int RESCALE_INTERCEPT = 0x00281052;
  static final int RESCALE_SLOPE = 0x00281053;
  static final int VOI_LUT_FUNCTION = 0x00281056;
  static final int MODALITY_LUT_SEQUENCE = 0x00283000;
  static final int LUT_DESCRIPTOR = 0x00283002;
  static final int LUT_DATA = 0x00283006;
  static final int VOI_LUT_SEQUENCE = 0x00283010;
  static final int PIXEL_DATA = 0x7FE00010;

  static final int TEXT_VALUE = 0x0040A160;

  static final int ITEM = 0xFFFEE000;
  static final int ITEM_END = 0xFFFEE00D;
  static final int SEQUENCE_END = 0xFFFEE0DD;

  /** Instance of an image. */
  public static final int SOP_INSTANCE_UID = 0x00080018;

  /** Date of the study. */
  public static final int STUDY_DATE = 0x00080020;

  /** Number of the order at the hospital. */
  public static final int ACCESSION_NUMBER = 0x00080050;

  /** Kind of device, e.g. {@code DX}. */
  public static final int MODALITY = 0x00080060;

  /** Free text about the study. */
  public static final int STUDY_DESCRIPTION = 0x00081030;

  /** Free text about the series. */
  public static final int SERIES_DESCRIPTION = 0x0008103E;

  /** Name of the patient. */
  public static final int PATIENT_NAME = 0x00100010;

  /** Number of the patient at the hospital. */
  public static final int PATIENT_ID = 0x00100020;

  /** Part of the body, e.g. {@code CHEST}. */
  public static final int BODY_PART_EXAMINED = 0x00180015;

  /** Projection, e.g. {@code PA}. */
  public static final int VIEW_POSITION = 0x00185101;

  /** Study that the image belongs to. */
  public static final int STUDY_INSTANCE_UID = 0x0020000D;

  /** Series that the image belongs to. */
  public static final int SERIES_INSTANCE_UID = 0x0020000E;

  /** Free text about the image. */
  public static final int IMAGE_COMMENTS = 0x00204000;

  /** Whether the pixels hold text that names a person: {@code YES} or {@code NO}. */
  public static final int BURNED_IN_ANNOTATION = 0x00280301;

  private DicomTag() {}

  /** As people write it, e.g. {@code (0028,0010)}. */
  static String name(int tag) {
    return String.format("(%04X,%04X)", tag >>> 16, tag & 0xFFFF);
  }
}
