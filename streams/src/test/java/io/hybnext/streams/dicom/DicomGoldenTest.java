package io.hybnext.streams.dicom;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.Sha256;
import io.hybnext.image.Image;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageHeader;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of {@code tests/golden/dicom} decode to the reference's values. {@code
 * -Dhybnext.dicom=FOLDER} names another folder of files with their {@code expected.json}.
 */
public class DicomGoldenTest {
  public static final Path FOLDER =
      Path.of(
          System.getProperty(
              "hybnext.dicom", System.getProperty("hybnext.root", "..") + "/tests/golden/dicom"));
  private static final Set<String> NOT_DECODED =
      Set.of(".4.80", ".4.81", ".4.90", ".4.91"); // JPEG-LS and JPEG 2000
  private static final String SYNTAX_ROOT = "1.2.840.10008.1.2";

  private static JsonNode expected() throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve("expected.json").toFile());
  }

  private static boolean isDecoded(JsonNode file) {
    String uid = file.path("transfer_syntax_uid").asText();
    return !NOT_DECODED.contains(uid.substring(SYNTAX_ROOT.length()));
  }

  private static Stream<Map.Entry<String, JsonNode>> files(boolean decoded) throws IOException {
    List<Map.Entry<String, JsonNode>> files = new ArrayList<>();
    files.addAll(expected().properties());
    return files.stream().filter(file -> isDecoded(file.getValue()) == decoded);
  }

  static Stream<String> decoded() throws IOException {
    return files(true).map(Map.Entry::getKey);
  }

  /** Names of files that an Orthanc server decodes. */
  public static Stream<String> refused() throws IOException {
    return files(false).map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("decoded")
  void shouldDecodeToTheReferencesValues(String name) throws IOException {
    checkValues(name, Files.readAllBytes(FOLDER.resolve(name)));
  }

  /** Compares the values of a file, or of a decoded copy, with those of the reference. */
  public static void checkValues(String name, byte[] file) throws IOException {
    JsonNode expected = expected().get(name).get("decoded");
    int[] values = values(file, expected().get(name).get("number_of_frames").asInt());
    JsonNode first = expected.get("first_values");
    boolean exact = expected.get("bit_exact").asBoolean();
    double range = expected.get("max").asDouble() - expected.get("min").asDouble();
    boolean eightBit = expected.get("dtype").asText().endsWith("int8");
    double tolerance = exact ? 0 : eightBit ? 2 : 0.001 * range;
    for (int i = 0; i < first.size(); i++) {
      assertEquals(first.get(i).asInt(), values[i], tolerance, "value " + i);
    }
    long sum = 0;
    int least = Integer.MAX_VALUE;
    int most = Integer.MIN_VALUE;
    for (int value : values) {
      sum += value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    double meanTolerance = exact ? 1e-6 : eightBit ? 0.5 : 0.001 * range;
    assertEquals(expected.get("mean").asDouble(), (double) sum / values.length, meanTolerance);
    assertEquals(expected.get("min").asInt(), least, tolerance);
    assertEquals(expected.get("max").asInt(), most, tolerance);
    if (exact) {
      assertEquals(expected.get("sha256_le_c_order").asText(), sha256(values, eightBit));
    }
  }

  private static int[] values(byte[] file, int frames) throws IOException {
    try (DicomDecoder decoder = new DicomDecoder()) {
      int[] all = null;
      for (int frame = 0; frame < frames; frame++) {
        StoredPixels pixels = decoder.stored(file, frame);
        int count = pixels.values().length;
        all = all == null ? new int[count * frames] : all;
        for (int i = 0; i < count; i++) {
          all[frame * count + i] = pixels.value(i);
        }
      }
      return all;
    }
  }

  private static String sha256(int[] values, boolean eightBit) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      if (eightBit) {
        bytes.put((byte) value);
      } else {
        bytes.putShort((short) value);
      }
    }
    return Sha256.hex(bytes.flip());
  }

  @ParameterizedTest
  @MethodSource("refused")
  void shouldNameTheTransferSyntaxOfFilesThatAreNotDecoded(String name) throws IOException {
    String syntax = expected().get(name).get("transfer_syntax_uid").asText();
    QuarantineException refused =
        assertThrows(
            QuarantineException.class,
            () -> ImageHeader.of(Files.readAllBytes(FOLDER.resolve(name))));
    assertEquals(QuarantineRule.UNSUPPORTED_FORMAT, refused.rule());
    assertTrue(refused.getMessage().contains("(" + syntax + ")"), refused.getMessage());
  }

  @ParameterizedTest
  @MethodSource("decoded")
  void shouldRenderWhatItsHeaderAnnounces(String name) throws IOException {
    Path path = FOLDER.resolve(name);
    byte[] file = Files.readAllBytes(path);
    ImageHeader header = ImageHeader.of(path);
    assertEquals(header, ImageHeader.of(file));
    try (ImageDecoder decoder = new ImageDecoder()) {
      Image image = decoder.decode(file, header);
      assertEquals(expected().get(name).get("columns").asInt(), image.width());
      assertEquals(expected().get(name).get("rows").asInt(), image.height());
      JsonNode rgb = expected().get(name).get("decoded_rgb");
      if (rgb != null) {
        for (int i = 0; i < rgb.get("first_values").size(); i++) {
          assertEquals(rgb.get("first_values").get(i).asInt(), image.pixels()[i] & 0xFF, 2);
        }
        long sum = 0;
        for (byte pixel : image.pixels()) {
          sum += pixel & 0xFF;
        }
        assertEquals(rgb.get("mean").asDouble(), (double) sum / image.pixels().length, 0.5);
      }
    }
  }

  @Test
  void shouldRenderTheSameImageFromEveryTransferSyntax() throws IOException {
    byte[] reference = null;
    try (DicomDecoder decoder = new DicomDecoder()) {
      for (String name : decoded().filter(file -> file.startsWith("MR_small")).toList()) {
        byte[] pixels = decoder.decode(Files.readAllBytes(FOLDER.resolve(name))).pixels();
        reference = reference == null ? pixels : reference;
        assertArrayEquals(reference, pixels, name);
      }
    }
  }
}
