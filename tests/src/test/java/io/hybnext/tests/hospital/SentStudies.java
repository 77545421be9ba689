package io.hybnext.tests.hospital;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.streams.dicom.DicomTag;
import io.hybnext.streams.dicom.TestDicom;
import io.hybnext.streams.orthanc.OrthancProcess;
import io.hybnext.tests.fleet.Diary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A modality: sends studies of one picture each, and each again until the server has taken it. */
final class SentStudies {
  private static final String ROOT = "2.25.7001";
  private static final String SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";
  private static final long STREAM = 0x73747564L;
  private static final long AGAIN_AFTER_MS = 200;
  private static final int SIDE = 128;

  private final OrthancProcess server;
  private final Path folder;
  private final long seed;
  private final Diary diary;
  private final Map<String, Long> arrivedNs = new LinkedHashMap<>();

  SentStudies(OrthancProcess server, Path folder, long seed, Diary diary) {
    this.server = server;
    this.folder = folder;
    this.seed = seed;
    this.diary = diary;
  }

  /**
   * Sends a number of studies, one every so often.
   *
   * @return when each had arrived, as {@link System#nanoTime}, by the UID of its instance
   */
  Map<String, Long> send(int studies, long everyMs) throws IOException, InterruptedException {
    long beganNs = System.nanoTime();
    for (int number = 0; number < studies; number++) {
      long dueNs = beganNs + TimeUnit.MILLISECONDS.toNanos(number * everyMs);
      long waitNs = dueNs - System.nanoTime();
      if (waitNs > 0) {
        TimeUnit.NANOSECONDS.sleep(waitNs);
      }
      send(number);
    }
    return arrivedNs;
  }

  private void send(int number) throws IOException, InterruptedException {
    String instance = ROOT + ".3." + seed + "." + number;
    Path file = folder.resolve("study-" + number + ".dcm");
    Files.write(file, dicom(number, instance));
    int refused = 0;
    while (!server.store(List.of(file))) {
      refused++;
      TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER_MS);
    }
    arrivedNs.put(instance, System.nanoTime());
    Files.delete(file);
    if (refused > 0) {
      diary.note("study " + number + " was taken after " + refused + " refusals");
    }
  }

  private byte[] dicom(int number, String instance) {
    return new TestDicom(SIDE, SIDE, pixels(number))
        .text(0x00080016, "UI", SECONDARY_CAPTURE)
        .text(DicomTag.SOP_INSTANCE_UID, "UI", instance)
        .text(DicomTag.MODALITY, "CS", "DX")
        .text(DicomTag.PATIENT_NAME, "PN", "PATIENT^" + number)
        .text(DicomTag.PATIENT_ID, "LO", "P" + number)
        .text(DicomTag.STUDY_INSTANCE_UID, "UI", ROOT + ".1." + seed + "." + number)
        .text(DicomTag.SERIES_INSTANCE_UID, "UI", ROOT + ".2." + seed + "." + number)
        .bytes();
  }

  /** Soft stripes, others for each study. */
  private byte[] pixels(int number) {
    byte[] pixels = new byte[SIDE * SIDE];
    long key = CounterRandom.key(seed, STREAM, number, 0);
    double across = 0.02 + 0.2 * CounterRandom.uniform(key, 0);
    double down = 0.02 + 0.2 * CounterRandom.uniform(key, 1);
    double phase = 6.28 * CounterRandom.uniform(key, 2);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double level = Math.sin(across * x + phase) + Math.cos(down * y - phase);
        pixels[y * SIDE + x] = (byte) Math.round(127 + 60 * level);
      }
    }
    return pixels;
  }
}
