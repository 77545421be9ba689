package io.hybnext.ops.report;

import java.util.List;

/**
 * All that a report tells, plain enough to be kept as report.json. Files are named relative to the
 * report's folder; times are ISO 8601; NaN stands for what was not measured.
 *
 * @param title of the page
 * @param startedAt when the run started
 * @param seconds how long it took
 * @param machine what it ran on
 * @param settings effective settings, HOCON
 * @param curve one point a step
 * @param evaluations one row a measured checkpoint, in order of steps
 * @param captions of the columns of the sample grid
 * @param references real held-out images of the captions, one each; may be empty
 * @param samples one row of the grid a checkpoint, in order of steps
 * @param reconstruction the tokenizer's quality
 * @param ingestion what ingestion came to
 * @param processes what ran where
 * @param checkpoints those on disk
 * @param continueCommands how to go on, each with what it does
 */
public record ReportData(
    String title,
    String startedAt,
    double seconds,
    Machine machine,
    String settings,
    List<CurvePoint> curve,
    List<Evaluation> evaluations,
    List<String> captions,
    List<String> references,
    List<SampleRow> samples,
    Reconstruction reconstruction,
    Ingestion ingestion,
    List<ProcessRow> processes,
    List<CheckpointRow> checkpoints,
    List<ContinueCommand> continueCommands) {

  /** Copies every list. */
  public ReportData {
    curve = List.copyOf(curve);
    evaluations = List.copyOf(evaluations);
    captions = List.copyOf(captions);
    references = List.copyOf(references);
    samples = List.copyOf(samples);
    processes = List.copyOf(processes);
    checkpoints = List.copyOf(checkpoints);
    continueCommands = List.copyOf(continueCommands);
  }

  /**
   * What a run ran on.
   *
   * @param processor its model's name
   * @param cores logical ones that the run could use
   * @param memoryBytes of the machine
   * @param system operating system
   * @param java version of the virtual machine
   * @param libtorch version
   * @param device cpu or cuda:N
   * @param commit of the source code, empty when unknown
   */
  public record Machine(
      String processor,
      int cores,
      long memoryBytes,
      String system,
      String java,
      String libtorch,
      String device,
      String commit) {}

  /**
   * A committed step.
   *
   * @param step from 1
   * @param seconds since the first step began
   * @param nll nats a token
   * @param gva 1 - cosine
   * @param gradientNorm before clipping
   * @param learningRate of the step
   * @param tokensPerSecond over all trainers
   */
  public record CurvePoint(
      long step,
      double seconds,
      double nll,
      double gva,
      double gradientNorm,
      double learningRate,
      double tokensPerSecond) {}

  /**
   * A measured checkpoint.
   *
   * @param step 0 for the untrained model
   * @param nll held-out, nats a token
   * @param gva held-out, 1 - cosine; NaN when nothing is aligned
   * @param kid between drawn pictures and held-out images that went through the tokenizer, which is
   *     what a perfect model would reach 0 against
   * @param kidDeviation standard deviation over subsets
   * @param fid Frechet distance to the same images
   * @param kidToOriginals KID to the held-out images as they are, softness of the tokenizer
   *     included
   * @param images drawn for FID and KID
   */
  public record Evaluation(
      long step,
      double nll,
      double gva,
      double kid,
      double kidDeviation,
      double fid,
      double kidToOriginals,
      int images) {}

  /**
   * Pictures of one checkpoint.
   *
   * @param step of the checkpoint
   * @param files PNG, one a caption
   */
  public record SampleRow(long step, List<String> files) {

    /** Copies the list. */
    public SampleRow {
      files = List.copyOf(files);
    }
  }

  /**
   * How well the tokenizer gives images back.
   *
   * @param tokenizer its name
   * @param psnr mean over the split, dB
   * @param ssim mean over the split
   * @param codesUsed share of the codebook in use
   * @param split measured on
   * @param originals PNG files
   * @param reconstructions PNG files in the same order
   */
  public record Reconstruction(
      String tokenizer,
      double psnr,
      double ssim,
      double codesUsed,
      String split,
      List<String> originals,
      List<String> reconstructions) {

    /** Copies the lists. */
    public Reconstruction {
      originals = List.copyOf(originals);
      reconstructions = List.copyOf(reconstructions);
    }
  }

  /**
   * What ingestion came to.
   *
   * @param stored images newly stored
   * @param reused images that were stored before
   * @param quarantined images refused
   * @param seconds wall time
   * @param stages in the order of the stream
   * @param reasons why images were refused, with how many each
   */
  public record Ingestion(
      long stored,
      long reused,
      long quarantined,
      double seconds,
      List<Stage> stages,
      List<Reason> reasons) {

    /** Copies the lists. */
    public Ingestion {
      stages = List.copyOf(stages);
      reasons = List.copyOf(reasons);
    }

    /**
     * A stage of the stream.
     *
     * @param name of the flow
     * @param images passed
     * @param perSecond images a second over the stage's whole time
     * @param queueMean images waiting in front of it, mean
     * @param queueMax images waiting in front of it, most
     * @param busyShare share of the time it worked, 0 to 1 a worker
     */
    public record Stage(
        String name,
        long images,
        double perSecond,
        double queueMean,
        double queueMax,
        double busyShare) {}

    /**
     * Why images were refused.
     *
     * @param reason a sentence
     * @param images how many
     */
    public record Reason(String reason, long images) {}
  }

  /**
   * A process of the run.
   *
   * @param role coordinator, media driver, or the name of a trainer
   * @param rank shown behind the role; -1 for none
   * @param pid process number
   * @param address in the cluster, or empty
   * @param actors names of its main actors
   * @param threads intra-op threads, 0 when it does no maths
   * @param peakResidentBytes most memory it held, 0 when unknown
   * @param state at the end
   */
  public record ProcessRow(
      String role,
      int rank,
      long pid,
      String address,
      List<String> actors,
      int threads,
      long peakResidentBytes,
      String state) {

    /** Copies the list. */
    public ProcessRow {
      actors = List.copyOf(actors);
    }
  }

  /**
   * A checkpoint on disk.
   *
   * @param step it holds
   * @param folder relative to the report
   * @param bytes of all its files
   * @param sha256 of its weights file, hexadecimal
   */
  public record CheckpointRow(long step, String folder, long bytes, String sha256) {}

  /**
   * A command to go on with.
   *
   * @param purpose what it does
   * @param command to type
   */
  public record ContinueCommand(String purpose, String command) {}
}
