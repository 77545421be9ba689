package io.hybnext.ops.wiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.lumina.Prompts;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.source.TokenRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A token file that CPython's pickle wrote for the vocabulary of {@link SmallStart}. */
class TokenPicklesTest {
  /** Sequence start, "chest view", separator, codes 0 to 15 in 4 rows, separator; protocol 4. */
  private static final byte[] WRITTEN =
      Base64.getDecoder()
          .decode(
              "gASVpAAAAAAAAAB9lCiMBXRva2VulF2UKEsASzJLM0sqSylLLksuSwRLC0sSSwlLK0sQSwdLDksFSytLDEsTSwpL"
                  + "EUsrSwhLD0sGSw1LK0soSypljAVsYWJlbJRdlChKnP///0qc////Spz///9KnP///0spSy5LLksESwtLEksJ"
                  + "SytLEEsHSw5LBUsrSwxLE0sKSxFLK0sISw9LBksNSytLKEsqZYwCaWSUSwd1Lg==");

  @TempDir Path folder;
  private TokenPickles pickles;

  @BeforeEach
  void open() throws IOException {
    SmallStart.write(TorchEngine.start(ComputeDevice.CPU, 1), folder);
    ChameleonConfig network = (ChameleonConfig) SmallStart.config(folder, Map.of()).network();
    ChameleonVocabulary vocabulary = network.vocabulary();
    pickles =
        new TokenPickles(vocabulary, Prompts.of(vocabulary, TrainingConfigs.promptLength(network)));
  }

  @AfterEach
  void close() {
    pickles.close();
  }

  private TokenRecords.Prepared read(byte[] content) throws IOException {
    return pickles.read(Files.write(folder.resolve("7.pkl"), content));
  }

  @Test
  void shouldFindTheCaptionAndTheCodes() throws IOException {
    TokenRecords.Prepared prepared = read(WRITTEN);
    assertEquals("chest view", prepared.caption());
    assertArrayEquals(IntStream.range(0, 16).toArray(), prepared.codes());
  }

  private String refused(byte[] content) {
    return assertThrows(QuarantineException.class, () -> read(content)).getMessage();
  }

  /** Bytes of ids and labels changed, one at a time. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "26 | 5 | id 0 is 5; training here would feed 0", // no sequence start
        "28 | 9 | prompt id 0 is 9; training here would feed 51", // an image code as a word
        "36 | 47 | want the height", // a size that the vocabulary does not have
        "40 | 43 | want the image code 0", // a new line too early
        "80 | 43 | image end", // an image that does not end
        "96 | 0 | label 0 is -256" // a prompt that is learned
      })
  void shouldRefuseWhatTrainingWouldNotFeed(int at, int value, String reason) {
    byte[] changed = WRITTEN.clone();
    changed[at] = (byte) value;
    assertTrue(refused(changed).contains(reason), refused(changed));
    assertTrue(refused(changed).startsWith("its tokens, 7.pkl: "), refused(changed));
  }

  @Test
  void shouldRefuseEveryTornFileAndAnyProgram() {
    for (int length = 0; length < WRITTEN.length; length++) {
      refused(java.util.Arrays.copyOf(WRITTEN, length));
    }
    byte[] program =
        "\u0080\u0002cposix\nsystem\n(X\u0002\0\0\0ls\u0085R."
            .getBytes(StandardCharsets.ISO_8859_1);
    assertTrue(refused(program).contains("posix.system"), refused(program));
    assertThrows(QuarantineException.class, () -> pickles.read(folder.resolve("none.pkl")));
  }
}
