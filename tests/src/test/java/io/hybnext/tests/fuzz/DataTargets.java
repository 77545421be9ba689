package io.hybnext.tests.fuzz;

import com.typesafe.config.ConfigFactory;
import io.hybnext.image.Image;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageHeader;
import io.hybnext.streams.image.QualityGate;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.source.ManifestSource;
import io.hybnext.streams.source.SourceException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;

/** Manifests and images. */
final class DataTargets implements AutoCloseable {
  private static final QualityGate GATE = new QualityGate(1 << 28, 1, 1 << 20, 16, 1);
  private static final List<String> WORDS =
      Stream.concat(
              FuzzTarget.JSON_WORDS.stream(),
              Stream.of(
                  "\"image\":",
                  "\"caption\":",
                  "<|image|>",
                  "\"conversations\":[",
                  "../../a",
                  "\"file\":\"a.pkl\"",
                  "\"image_path\":[\"1.jpg\"]",
                  "\"split\":\"val\"",
                  "\"id\":1"))
          .toList();

  private final ActorSystem system =
      ActorSystem.create(
          "fuzz",
          ConfigFactory.parseString("pekko.fail-mixed-versions = off") // as in cluster.conf
              .withFallback(ConfigFactory.load()));
  private final Path root;
  private final Path folder;

  DataTargets(Path root, Path folder) {
    this.root = root;
    this.folder = folder;
  }

  List<FuzzTarget> all() throws IOException {
    List<FuzzTarget> all = new ArrayList<>();
    all.add(manifest("manifest of lines", "fuzz.jsonl", lines()));
    all.add(manifest("manifest of one list", "fuzz.json", list()));
    all.add(images("JPEG", jpegs()));
    all.add(images("PNG", pngs()).sealed(DataTargets::withPngSums));
    all.add(images("DICOM", dicoms()));
    return all;
  }

  private FuzzTarget manifest(String title, String name, String sound) {
    Path path = folder.resolve(name);
    return FuzzTarget.of(
        title,
        List.of(sound.getBytes(StandardCharsets.UTF_8)),
        WORDS,
        input -> {
          Files.write(path, input);
          for (Outcome<ImageItem> outcome : outcomes(path)) {
            if (outcome instanceof Outcome.Rejected<ImageItem> put) {
              throw new QuarantineException(put.reason().rule(), put.reason().message());
            }
          }
        },
        List.of(SourceException.class, QuarantineException.class));
  }

  private List<Outcome<ImageItem>> outcomes(Path manifest) throws Exception {
    try {
      return new ManifestSource(manifest)
          .items()
          .runWith(Sink.seq(), system)
          .toCompletableFuture()
          .get();
    } catch (ExecutionException | CompletionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    }
  }

  private static String lines() {
    return "{\"image\":\"1.jpg\",\"caption\":\"a\",\"split\":\"val\",\"labels\":[\"x\"],\"n\":1}\n"
        + "{\"image\":\"2.jpg\",\"caption\":\"b\",\"id\":\"two\",\"view\":\"PA\"}\n"
        + "{\"file\":\"f/3.pkl\",\"len\":1073,\"id\":3,\"image_path\":[\"3.jpg\"]}\n";
  }

  private static String list() {
    return "[{\"conversations\":[{\"from\":\"human\",\"value\":\"chest\"},"
        + "{\"from\":\"gpt\",\"value\":\"<|image|>\"}],\"image\":[\"1.jpg\"]},\n"
        + "{\"image\":\"2.jpg\",\"caption\":\"b\",\"id\":\"two\"}]";
  }

  private static FuzzTarget images(String title, List<byte[]> sound) {
    return FuzzTarget.of(
        title,
        sound,
        List.of(
            "\u00ff\u00d8",
            "\u00ff\u00c0",
            "\u00ff\u00c2",
            "\u00ff\u00da",
            "\u00ff\u00dd",
            "IHDR",
            "IDAT",
            "PLTE",
            "tRNS",
            "IEND",
            "iCCP",
            "OB\0\0",
            "SQ\0\0\u00ff\u00ff\u00ff\u00ff",
            "\u00fe\u00ff\0\u00e0\u00ff\u00ff\u00ff\u00ff",
            "1.2.840.10008.1.2.5"),
        input -> {
          ImageHeader header = ImageHeader.of(input);
          GATE.checkHeader(header);
          try (ImageDecoder decoder = new ImageDecoder()) {
            Image image = decoder.decode(input, header);
            GATE.checkPixels(image);
          }
        },
        List.of(QuarantineException.class));
  }

  private List<byte[]> jpegs() throws IOException {
    List<byte[]> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root.resolve("ops/sample"))) {
      for (Path file :
          files.filter(f -> f.toString().endsWith(".jpg")).sorted().limit(3).toList()) {
        found.add(Files.readAllBytes(file));
      }
    }
    return found;
  }

  /** Each of the codings, implicit and deflated files too. */
  private List<byte[]> dicoms() throws IOException {
    List<byte[]> found = new ArrayList<>();
    for (String name :
        List.of(
            "MR_small_RLE",
            "MR_small_implicit",
            "MR_small_expb",
            "JPGExtended",
            "SC_rgb_jpeg_dcmtk",
            "image_dfl",
            "emri_small_RLE",
            "JPEG-LL")) {
      found.add(Files.readAllBytes(root.resolve("tests/golden/dicom/" + name + ".dcm")));
    }
    return found;
  }

  private static List<byte[]> pngs() throws IOException {
    List<byte[]> made = new ArrayList<>();
    for (int type :
        new int[] {
          BufferedImage.TYPE_BYTE_GRAY,
          BufferedImage.TYPE_INT_ARGB,
          BufferedImage.TYPE_BYTE_INDEXED,
          BufferedImage.TYPE_USHORT_GRAY
        }) {
      BufferedImage image = new BufferedImage(20, 16, type);
      for (int i = 0; i < 320; i++) {
        image.setRGB(i % 20, i / 20, 0xff000000 | i * 0x03070b);
      }
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(image, "png", png);
      made.add(png.toByteArray());
    }
    return made;
  }

  private static byte[] withPngSums(byte[] png) {
    java.nio.ByteBuffer all = java.nio.ByteBuffer.wrap(png);
    for (int at = 8; at + 12 <= png.length; ) {
      int length = all.getInt(at);
      if (length < 0 || length > png.length - at - 12) {
        return png;
      }
      CRC32 sum = new CRC32();
      sum.update(png, at + 4, 4 + length);
      all.putInt(at + 8 + length, (int) sum.getValue());
      at += 12 + length;
    }
    return png;
  }

  @Override
  public void close() {
    system.terminate();
  }
}
