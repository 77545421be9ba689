package io.hybnext.streams.store;

import io.hybnext.file.Sha256;
import io.hybnext.streams.item.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Items made from their number. */
public final class TestItems {
  /** 6 tokens, 3 feature values. */
  public static final SegmentSchema SCHEMA =
      new SegmentSchema("tok", "enc", 6, 100, 3, io.hybnext.streams.image.ImageFit.VERSION);

  private TestItems() {}

  public static ItemRecord item(int number) {
    SplittableRandom random = new SplittableRandom(number);
    int[] tokens = random.ints(6, 0, 100).toArray();
    float[] feature = {number, (float) random.nextDouble(), Float.MIN_VALUE};
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < number % 3; i++) {
      labels.add("label " + i);
    }
    boolean known = number % 2 == 0;
    Provenance provenance =
        new Provenance(
            known ? "PA" : null, "NIH", known ? null : "CC BY", labels, known ? "{\"n\":1}" : null);
    return new ItemRecord(
        "item-" + number,
        Sha256.hex(new byte[] {(byte) number, (byte) (number >> 8)}),
        tokens,
        "caption Ä 肺 " + number,
        feature,
        number % 4 == 3 ? "val" : "train",
        "images/" + number + ".jpg",
        provenance);
  }
}
