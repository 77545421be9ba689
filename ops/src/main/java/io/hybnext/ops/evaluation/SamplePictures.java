package io.hybnext.ops.evaluation;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.config.HybnextSettings;
import io.hybnext.file.AtomicFile;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.ops.gate.GateSet;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.wiring.CheckpointModel;
import io.hybnext.ops.wiring.Tokenizers;
import io.hybnext.streams.batch.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Pictures of a run over time: {@code pictures/step-NNNNNNNN-K.png} of its folder, drawn from the
 * checkpoint of a step for the caption of held-out item K, always with the same noise; {@code
 * pictures/real-K.png}, that item as the tokenizer gives it back; and {@code
 * pictures/captions.json}. Of long runs rows in between are removed, so that so many remain, spread
 * over the run.
 */
public final class SamplePictures {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern DRAWN = Pattern.compile("step-(\\d{8,12})-\\d{1,3}\\.png");
  private static final int LOOKED_THROUGH = 512; // held-out items, for as many captions
  private static final int ROWS = 64;

  private final RunFolder folder;
  private final RunFile run;
  private final HybnextSettings settings;

  /** Of a run, with the settings of its last start. */
  public SamplePictures(RunFolder folder) {
    this.folder = folder;
    run = RunFile.read(folder);
    settings = run.effective();
  }

  /**
   * Draws from a checkpoint, on the processor, on one thread.
   *
   * @param checkpoint folder of a published one
   * @param step of it
   * @return number of pictures; 0 when the run has no held-out items
   * @throws IOException when a network cannot be read, or a picture not be written
   */
  public int draw(Path checkpoint, long step) throws IOException {
    List<Sample> items = items();
    if (items.isEmpty()) {
      return 0;
    }
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    Path network = Home.current().resolve("data.tokenizer", settings.data().tokenizer());
    List<String> captions = items.stream().map(Sample::caption).toList();
    try (VisualTokenizer tokenizer = Tokenizers.load(engine, network);
        CheckpointModel model = CheckpointModel.open(engine, run.trainingConfig(), checkpoint)) {
      Painter painter = new Painter(tokenizer, settings.sampling(), settings.training().seed());
      if (!Files.exists(pictures().resolve("captions.json"))) {
        int[][] tokens = items.stream().map(Sample::tokens).toArray(int[][]::new);
        write(painter, "real", tokenizer.decode(tokens));
        AtomicFile.write(pictures().resolve("captions.json"), JSON.writeValueAsBytes(captions));
      }
      String prefix = String.format(Locale.ROOT, "step-%08d", step);
      write(painter, prefix, painter.draw(model, captions, 0));
    }
    thin();
    return items.size();
  }

  /** Held-out items of different captions. */
  private List<Sample> items() {
    int most = settings.evaluation().samples();
    GateSet sets = new GateSet(settings.data(), run.snapshot(), LOOKED_THROUGH);
    Map<String, Sample> byCaption = new LinkedHashMap<>();
    sets.heldOut().forEach(item -> byCaption.putIfAbsent(item.caption(), item));
    return byCaption.values().stream().limit(most).toList();
  }

  /** Pictures appear whole. */
  private void write(Painter painter, String prefix, List<byte[]> pictures) throws IOException {
    Path unfinished = pictures().resolve(".unfinished");
    for (Path file : painter.write(unfinished, prefix, pictures)) {
      Path to = pictures().resolve(file.getFileName());
      Files.move(file, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.delete(unfinished);
  }

  /** Removes the row whose neighbours are nearest to each other; first and last stay. */
  private void thin() throws IOException {
    TreeMap<Long, List<Path>> rows = rows();
    while (rows.size() > ROWS) {
      long victim = -1;
      long nearest = Long.MAX_VALUE;
      for (long step : rows.subMap(rows.firstKey(), false, rows.lastKey(), false).keySet()) {
        long gap = rows.higherKey(step) - rows.lowerKey(step);
        victim = gap < nearest ? step : victim;
        nearest = Math.min(gap, nearest);
      }
      for (Path picture : rows.remove(victim)) {
        Files.deleteIfExists(picture);
      }
    }
  }

  private TreeMap<Long, List<Path>> rows() throws IOException {
    TreeMap<Long, List<Path>> rows = new TreeMap<>();
    try (Stream<Path> files = Files.list(pictures())) {
      for (Path file : files.toList()) {
        Matcher drawn = DRAWN.matcher(file.getFileName().toString());
        if (drawn.matches()) {
          long step = Long.parseLong(drawn.group(1));
          rows.computeIfAbsent(step, key -> new ArrayList<>()).add(file);
        }
      }
    }
    return rows;
  }

  private Path pictures() {
    return folder.root().resolve("pictures");
  }
}
