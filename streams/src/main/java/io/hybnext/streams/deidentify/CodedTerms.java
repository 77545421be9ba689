package io.hybnext.streams.deidentify;

import java.util.Set;

/**
 * Terms that may pass from coded elements. A list and no pattern: hospitals write names and numbers
 * into elements that ought to hold codes. Terms of PS3.16 CID 29 and annex L, PS3.3 C.8.1.2 and
 * C.8.11.
 */
final class CodedTerms {
  static final Set<String> MODALITIES =
      Set.of(
          "CR", "CT", "DX", "ES", "GM", "IO", "IVUS", "MG", "MR", "NM", "OCT", "OP", "OPT", "OT",
          "PT", "PX", "RF", "RG", "SC", "SM", "US", "XA", "XC");

  static final Set<String> VIEWS =
      Set.of(
          "AP",
          "PA",
          "LL",
          "RL",
          "RLD",
          "LLD",
          "RLO",
          "LLO",
          "LATERAL",
          "LAT",
          "LPO",
          "RPO",
          "LAO",
          "RAO",
          "CC",
          "MLO",
          "ML",
          "LM",
          "LMO",
          "XCCL",
          "XCCM",
          "AX",
          "OBL",
          "OBLIQUE",
          "LORDOTIC",
          "AP_SUPINE",
          "AP SUPINE",
          "AP ERECT",
          "PA LLD",
          "PA RLD");

  static final Set<String> BODY_PARTS =
      Set.of(
          "ABDOMEN",
          "ANKLE",
          "ARM",
          "BRAIN",
          "BREAST",
          "CALCANEUS",
          "CERVIX",
          "CHEST",
          "CLAVICLE",
          "COCCYX",
          "CSPINE",
          "ELBOW",
          "EXTREMITY",
          "EYE",
          "FEMUR",
          "FINGER",
          "FOOT",
          "FOREARM",
          "HAND",
          "HEAD",
          "HEART",
          "HIP",
          "HUMERUS",
          "JAW",
          "KNEE",
          "LEG",
          "LIVER",
          "LSPINE",
          "LUNG",
          "MAXILLA",
          "MANDIBLE",
          "NECK",
          "ORBIT",
          "PELVIS",
          "PORT CHEST",
          "RADIUS",
          "RIB",
          "RIBS",
          "SACRUM",
          "SCAPULA",
          "SHOULDER",
          "SKULL",
          "SPINE",
          "SSPINE",
          "STERNUM",
          "THIGH",
          "THORAX",
          "THUMB",
          "TIBIA",
          "TOE",
          "TSPINE",
          "ULNA",
          "WHOLEBODY",
          "WRIST");

  static final Set<String> ANSWERS = Set.of("YES", "NO");

  private CodedTerms() {}
}
