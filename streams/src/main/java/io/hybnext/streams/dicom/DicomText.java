package io.hybnext.streams.dicom;

import java.util.Set;

/**
 * A text value of any data set of a file.
 *
 * @param tag of its element
 * @param vr of its element; empty where the file lacks VRs
 * @param value as it stands in the file
 */
record DicomText(int tag, String vr, byte[] value) {
  private static final Set<String> IDENTIFYING_VRS =
      Set.of("PN", "DA", "DT", "TM", "UI", "AE", "UR");

  /** Groups of patient, visit, request and procedure, and the file's own. */
  private static final Set<Integer> IDENTIFYING_GROUPS =
      Set.of(0x0002, 0x0010, 0x0012, 0x0032, 0x0038, 0x0040, 0x4000, 0x4008);

  /** Of these groups, and of 0008, what describes and does not identify. */
  private static final Set<Integer> DESCRIPTIVE =
      Set.of(
          0x00080008, // image type
          0x00080016, // SOP class
          DicomTag.MODALITY,
          0x00080064, // conversion type
          0x00080068, // presentation intent
          0x00080070, // manufacturer
          DicomTag.STUDY_DESCRIPTION,
          DicomTag.SERIES_DESCRIPTION,
          0x00081090, // model name
          0x00100040, // sex
          0x00101010, // age
          0x00101020, // size
          0x00101030, // weight
          0x00321060, // requested procedure description
          DicomTag.TEXT_VALUE, // of reports
          0x00400254, // performed procedure description
          0x00400007); // scheduled procedure description

  private static final Set<Integer> IDENTIFYING =
      Set.of(
          0x00181000, // serial number of the device
          0x00200010, // study ID
          0x00200052, // frame of reference
          DicomTag.STUDY_INSTANCE_UID,
          DicomTag.SERIES_INSTANCE_UID);

  /** Whether it may tell who somebody is. */
  boolean isIdentifying() {
    int group = tag >>> 16;
    if (DESCRIPTIVE.contains(tag)) {
      return false;
    }
    boolean privateGroup = group % 2 == 1;
    return IDENTIFYING_VRS.contains(vr)
        || privateGroup
        || group == 0x0008
        || IDENTIFYING_GROUPS.contains(group)
        || IDENTIFYING.contains(tag);
  }
}
