package io.hybnext.tests.fuzz;

import io.hybnext.file.Sha256;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.item.Provenance;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.ItemRecord;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreException;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.StoreSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/** Ledger and segments of a store. */
final class StoreTargets {
  private static final SegmentSchema SCHEMA =
      new SegmentSchema("tok", "enc", 6, 100, 3, ImageFit.VERSION);
  private static final String HEAD = "{\"crc32c\":\"";
  private static final String MIDDLE = "\",\"entry\":";

  private final Path store;

  StoreTargets(Path folder) {
    store = folder.resolve("store");
  }

  List<FuzzTarget> all() throws IOException {
    try (SegmentStore writer = SegmentStore.open(store, StoreSettings.DEFAULT)) {
      for (int i = 0; i < 3; i++) {
        writer.append(SCHEMA, item(i));
      }
    }
    Path ledger = store.resolve(FileLedger.FILE);
    String lines = Files.readString(ledger);
    SegmentRecord record = FileLedger.readSegments(store).get(0);
    byte[] segment = Files.readAllBytes(store.resolve(record.file()));
    FuzzTarget ofLedger =
        FuzzTarget.of(
                "ledger",
                List.of(lines.getBytes(StandardCharsets.UTF_8)),
                FuzzTarget.JSON_WORDS,
                input -> {
                  Files.write(store.resolve(record.file()), segment);
                  Files.write(ledger, input);
                  readAll();
                },
                List.of(StoreException.class))
            .sealed(StoreTargets::withSums);
    FuzzTarget ofSegment =
        FuzzTarget.of(
            "segment",
            List.of(segment),
            List.of("ARROW1", "\u00ff\u00ff\u00ff\u00ff", "tokens", "feature"),
            input -> {
              Files.write(store.resolve(record.file()), input);
              Files.write(ledger, listing(lines, record, input));
              readAll();
            },
            List.of(StoreException.class));
    return List.of(ofLedger, ofSegment);
  }

  private static ItemRecord item(int number) {
    return new ItemRecord(
        "item-" + number,
        Sha256.hex(new byte[] {(byte) number}),
        new int[] {1, 2, 3, 4, 5, number},
        "caption \u80ba " + number,
        new float[] {number, 1, 2},
        "train",
        "images/" + number + ".jpg",
        new Provenance("PA", null, "CC BY", List.of("a", "b"), "{\"n\":1}"));
  }

  private void readAll() {
    try (StoreReader reader = new StoreReader(store)) {
      for (SegmentRecord segment : reader.segments()) {
        for (int row = 0; row < segment.items().size(); row++) {
          reader.item(segment.number(), row);
          reader.sampleBytes(segment.number(), row);
        }
      }
    }
  }

  /** The ledger with length and check sum of another segment. */
  private static byte[] listing(String lines, SegmentRecord record, byte[] segment) {
    String changed =
        lines
            .replace(record.sha256(), Sha256.hex(segment))
            .replace("\"sizeBytes\":" + record.sizeBytes(), "\"sizeBytes\":" + segment.length);
    return withSums(changed.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] withSums(byte[] ledger) {
    StringBuilder result = new StringBuilder();
    int head = HEAD.length() + 8 + MIDDLE.length();
    for (String line : new String(ledger, StandardCharsets.UTF_8).split("\n", -1)) {
      if (line.length() > head) {
        String entry = line.substring(head, line.length() - 1);
        CRC32C sum = new CRC32C();
        sum.update(entry.getBytes(StandardCharsets.UTF_8));
        result.append(HEAD).append(String.format("%08x", sum.getValue())).append(MIDDLE);
        result.append(entry).append("}\n");
      } else {
        result.append(line);
      }
    }
    return result.toString().getBytes(StandardCharsets.UTF_8);
  }
}
