package io.hybnext.streams.deidentify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextCleanerTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "12.03.2024",
        "2024-03-12",
        "3/12/24",
        "12 March 2024",
        "March 12th, 2024",
        "14:35",
        "+49 711 5512345",
        "(555) 123-4567",
        "MRN-A12345",
        "20240312",
        "jane.doe@example.org",
        "https://pacs.example/x",
        "1.2.840.113619.2.5",
        "Dr. Jane Doe",
        "Prof Smith-Jones"
      })
  void shouldTakeOutWhatLooksLikeAnIdentifier(String identifier) {
    String cleaned = TextCleaner.clean("Seen " + identifier + " with effusion.", List.of());
    assertFalse(cleaned.contains(identifier), cleaned);
    assertEquals("effusion.", cleaned.substring(cleaned.length() - 9));
  }

  @Test
  void shouldTakeOutNamesThatTheFileKnowsWhateverTheirCase() {
    assertEquals(
        "Mild edema in ___, compare ___'s earlier film.",
        TextCleaner.clean(
            "Mild edema in JOHN, compare Doe's earlier film.", List.of("Doe^John", "CHEST9")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No acute cardiopulmonary process. Heart size is normal.",
        "5 mm nodule in the right upper lobe, unchanged; T12 compression.",
        "Frontal PA view: 2 lines, C7 to L1, grade 3/4."
      })
  void shouldLeaveFindingsAlone(String finding) {
    assertEquals(finding, TextCleaner.clean(finding, List.of("Doe^John")));
  }

  @Test
  void shouldFillTemplatesAndTidyWhatIsMissing() {
    CaptionTemplate template = new CaptionTemplate("{series}, {view}: {caption}");
    assertEquals(
        "Thorax, PA: normal",
        template.fill(Map.of("series", "Thorax", "view", "PA", "caption", "normal")));
    assertEquals("normal", template.fill(Map.of("caption", "normal")));
    assertThrows(IllegalArgumentException.class, () -> new CaptionTemplate("{patient}"));
  }
}
