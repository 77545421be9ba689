package io.hybnext.model.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.transformer.CaptionFeatures;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One folder of reference numbers under {@code tests/golden}; tolerances as its README states. */
public final class GoldenCase {
  private final Path folder;

  public GoldenCase(String name) {
    this.folder = Path.of(System.getProperty("hybnext.root", "..")).resolve("tests/golden/" + name);
  }

  public JsonNode config() {
    try {
      return new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("config.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public float[] floats(String file, String tensor) {
    try (SafetensorsFile open = SafetensorsFile.open(folder.resolve(file + ".safetensors"))) {
      return open.floats(tensor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public float[] io(String tensor) {
    return floats("io", tensor);
  }

  public List<String> names(String file) {
    try (SafetensorsFile open = SafetensorsFile.open(folder.resolve(file + ".safetensors"))) {
      return List.copyOf(open.names());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows of an integer matrix. */
  public List<int[]> rows(String tensor, int length) {
    try (SafetensorsFile open = SafetensorsFile.open(folder.resolve("io.safetensors"))) {
      long[] all = open.longs(tensor);
      List<int[]> rows = new ArrayList<>();
      for (int at = 0; at < all.length; at += length) {
        rows.add(Arrays.stream(all, at, at + length).mapToInt(Math::toIntExact).toArray());
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The captions of a text-conditional case. */
  public List<CaptionFeatures> captions(int positions, int width) {
    float[] features = io("caption_emb");
    float[] mask = io("emb_mask");
    List<CaptionFeatures> captions = new ArrayList<>();
    for (int row = 0; row < mask.length / positions; row++) {
      int length = 0;
      for (int i = 0; i < positions; i++) {
        length += mask[row * positions + i] != 0 ? 1 : 0;
      }
      int size = positions * width;
      captions.add(
          new CaptionFeatures(Arrays.copyOfRange(features, row * size, (row + 1) * size), length));
    }
    return captions;
  }

  /** Fills every tensor that one of the files has. */
  public void load(ModelWeights weights, String... files) {
    for (String file : files) {
      for (String name : names(file)) {
        if (weights.parameters().stream().map(Parameter::name).anyMatch(name::equals)) {
          weights.set(name, floats(file, name));
        }
      }
    }
  }

  public static void assertForward(String what, float[] expected, float[] actual) {
    assertClose(what, expected, actual, 1e-4, 1e-5 * Math.max(1, largest(expected)));
  }

  public static void assertGradient(String what, float[] expected, float[] actual) {
    assertClose(what, expected, actual, 1e-3, 1e-5 * largest(expected));
  }

  /** 99.9 % of the elements within 1e-5, the rest within 2.5 x the learning rate. */
  public static void assertUpdated(
      String what, float[] expected, FloatBuffer actual, double learningRate) {
    assertEquals(expected.length, actual.remaining(), what);
    int far = 0;
    for (int i = 0; i < expected.length; i++) {
      double distance = Math.abs(expected[i] - actual.get(i));
      assertTrue(distance <= 2.5 * learningRate, what + "[" + i + "] is off by " + distance);
      far += distance > 1e-5 ? 1 : 0;
    }
    assertTrue(far <= expected.length / 1000 + 0.5, what + ": " + far + " elements beyond 1e-5");
  }

  private static void assertClose(
      String what, float[] expected, float[] actual, double relative, double absolute) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      double allowed = absolute + relative * Math.abs(expected[i]);
      assertTrue(
          Math.abs(expected[i] - actual[i]) <= allowed,
          what + "[" + i + "]: want " + expected[i] + ", got " + actual[i]);
    }
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
