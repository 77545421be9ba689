package io.hybnext.ops.command;

import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.config.HybnextSettings;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.evaluation.Painter;
import io.hybnext.ops.progress.ProgressEvent;
import io.hybnext.ops.run.TrainJob;
import io.hybnext.ops.wiring.CheckpointModel;
import io.hybnext.ops.wiring.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code generate}: PNG pictures and a grid of captions. */
@Command(
    name = "generate",
    description = "Draw pictures from a checkpoint: a PNG each, and a grid with a row a prompt.")
public final class GenerateCommand extends HybnextCommand {
  private static final int MOST = 10_000; // pictures a prompt, all held in memory

  @Mixin private CheckpointOptions choice;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      required = true,
      description = "Caption; repeat for more.")
  private List<String> prompts;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "4",
      description = "Pictures a prompt; default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Of the noise; equal seeds draw equal pictures. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "pictures",
      description = "Folder of the PNG files; default: ${DEFAULT-VALUE}.")
  private Path out;

  @Override
  protected void run() throws Exception {
    want(count >= 1 && count <= MOST, "--count", count, "1 to " + MOST);
    HybnextSettings settings = choice.settings();
    CheckpointFolder.verify(choice.checkpoint());
    Files.createDirectories(out); // before minutes of drawing
    TorchEngine engine = TrainJob.engine();
    List<String> captions = new ArrayList<>();
    prompts.forEach(prompt -> captions.addAll(java.util.Collections.nCopies(count, prompt)));
    try (Networks networks = Networks.open(engine, settings.data());
        CheckpointModel model =
            CheckpointModel.open(engine, choice.trainingConfig(), choice.checkpoint())) {
      Painter painter = new Painter(networks.tokenizer(), settings.sampling(), seed);
      long beganNs = System.nanoTime();
      List<byte[]> pictures = painter.draw(model, captions, 0);
      double seconds = (System.nanoTime() - beganNs) / 1e9;
      console()
          .progress()
          .tell(
              new ProgressEvent.Stage(
                  "draw", pictures.size(), pictures.size(), pictures.size() / seconds, "pictures"));
      List<Path> files = painter.write(out, "picture", pictures);
      Path grid = out.resolve("grid.png");
      painter.writeGrid(grid, pictures, count);
      console().result(result(files, grid, seconds));
    }
  }

  private Map<String, Object> result(List<Path> files, Path grid, double seconds)
      throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("checkpoint", choice.checkpoint().toString());
    result.put("pictures", files.stream().map(Path::toString).toList());
    result.put("grid", grid.toString());
    result.put("seconds", seconds);
    return result;
  }
}
