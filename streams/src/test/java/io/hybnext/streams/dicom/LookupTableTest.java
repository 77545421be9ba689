package io.hybnext.streams.dicom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Tables of the modality and of the grey scale (PS3.3 C.11.1, C.11.2), and palettes. */
class LookupTableTest {
  private static final byte[] STORED = {0, 1, 2, 3, 4, 5, 6, (byte) 200};

  private static TestDicom file() {
    return new TestDicom(4, 2, STORED);
  }

  private static int[] shown(TestDicom file) throws IOException {
    try (DicomDecoder decoder = new DicomDecoder()) {
      byte[] pixels = decoder.decode(file.bytes()).pixels();
      int[] levels = new int[pixels.length];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = pixels[i] & 0xFF;
      }
      return levels;
    }
  }

  @Test
  void shouldShowValuesThroughTheVoiTableAndItsEndsBeyondThem() throws IOException {
    TestDicom file = file().table(DicomTag.VOI_LUT_SEQUENCE, 2, 10, 0, 1023, 341);
    assertArrayEquals(new int[] {0, 0, 0, 255, 85, 85, 85, 85}, shown(file));
  }

  @Test
  void shouldTakeTheWindowWhereAFileHasBoth() throws IOException {
    TestDicom file =
        file()
            .table(DicomTag.VOI_LUT_SEQUENCE, 0, 8, 255, 0)
            .text(DicomTag.WINDOW_CENTER, "DS", "3")
            .text(DicomTag.WINDOW_WIDTH, "DS", "1");
    assertArrayEquals(new int[] {0, 0, 0, 255, 255, 255, 255, 255}, shown(file));
  }

  @Test
  void shouldStretchWhatTheModalityTableGives() throws IOException {
    TestDicom falling = file().table(DicomTag.MODALITY_LUT_SEQUENCE, 1, 16, 900, 500, 100);
    assertArrayEquals(new int[] {255, 255, 128, 0, 0, 0, 0, 0}, shown(falling));
  }

  @Test
  void shouldWindowWhatTheModalityTableGives() throws IOException {
    TestDicom file =
        file()
            .table(DicomTag.MODALITY_LUT_SEQUENCE, 0, 16, 1000, 2000, 3000)
            .text(DicomTag.WINDOW_CENTER, "DS", "2000.5")
            .text(DicomTag.WINDOW_WIDTH, "DS", "2001");
    assertArrayEquals(new int[] {0, 128, 255, 255, 255, 255, 255, 255}, shown(file));
  }

  @Test
  void shouldInvertTheTableOfAnInvertedImage() throws IOException {
    TestDicom file =
        file()
            .text(DicomTag.PHOTOMETRIC_INTERPRETATION, "CS", "MONOCHROME1")
            .table(DicomTag.VOI_LUT_SEQUENCE, 0, 8, 0, 255);
    assertArrayEquals(new int[] {255, 0, 0, 0, 0, 0, 0, 0}, shown(file));
  }

  @Test
  void shouldPutAsideATableThatIsNone() {
    QuarantineException refused =
        assertThrows(
            QuarantineException.class,
            () -> shown(file().table(DicomTag.VOI_LUT_SEQUENCE, 0, 40, 1, 2)));
    assertEquals(QuarantineRule.UNREADABLE, refused.rule());
    assertTrue(refused.getMessage().contains("40 bits"), refused.getMessage());
  }

  @Test
  void shouldPutAsidePalettesByName() {
    QuarantineException refused =
        assertThrows(
            QuarantineException.class,
            () -> shown(file().text(DicomTag.PHOTOMETRIC_INTERPRETATION, "CS", "PALETTE COLOR")));
    assertEquals(QuarantineRule.UNSUPPORTED_FORMAT, refused.rule());
    assertTrue(refused.getMessage().contains("PALETTE COLOR"), refused.getMessage());
  }
}
