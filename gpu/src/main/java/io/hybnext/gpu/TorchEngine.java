package io.hybnext.gpu;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * libtorch in this process: loaded once, with its thread counts set before its first use.
 *
 * <p>Intra-op threads decide how libtorch splits sums, so results are comparable bit by bit only
 * between processes with the same number. Thread-safe after {@link #start}.
 */
public final class TorchEngine {
  /** Threads on which libtorch was told how to run kernels. */
  private static final ThreadLocal<Boolean> SET_UP = new ThreadLocal<>();

  private static TorchEngine started;
  private static volatile boolean callsStopped;

  private final ComputeDevice device;
  private final int intraOpThreads;
  private final PtNDManager root;

  private TorchEngine(ComputeDevice device, int intraOpThreads, PtNDManager root) {
    this.device = device;
    this.intraOpThreads = intraOpThreads;
    this.root = root;
  }

  /**
   * Loads libtorch and chooses device and threads for the life of the process. A second call with
   * the same arguments returns the same engine.
   *
   * @throws GpuException when the library cannot be loaded, the device is absent, or the engine was
   *     started with other arguments
   */
  public static synchronized TorchEngine start(ComputeDevice device, int intraOpThreads) {
    if (started != null) {
      return started.orRefuse(device, intraOpThreads);
    }
    if (intraOpThreads < 1) {
      throw new GpuException("threads = " + intraOpThreads + ": want at least 1");
    }
    stayOffline();
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(intraOpThreads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    Engine engine;
    try {
      engine = Engine.getEngine("PyTorch");
    } catch (EngineException | UnsatisfiedLinkError failure) {
      throw new GpuException(
          "libtorch could not be loaded (" + failure.getMessage() + "); run `ops/hybnext doctor`",
          failure);
    }
    if (device.kind() == ComputeDevice.Kind.CUDA && device.index() >= engine.getGpuCount()) {
      throw new GpuException(
          "device = "
              + device
              + ": this machine shows "
              + engine.getGpuCount()
              + " CUDA devices to libtorch; use cpu, or point PYTORCH_LIBRARY_PATH at a CUDA build");
    }
    onThisThread();
    PtNDManager root = (PtNDManager) engine.newBaseManager(device.toDjl());
    started = new TorchEngine(device, intraOpThreads, root);
    return started;
  }

  /**
   * Keeps DJL from looking for newer natives on the internet and from reporting usage to its
   * makers. To be called before any other part of DJL is used without an engine.
   */
  public static void stayOffline() {
    setDefault("ai.djl.offline", "true");
    setDefault("OPT_OUT_TRACKING", "true");
  }

  /**
   * Makes every further kernel call of the process fail, on whatever thread: work that was not
   * written to be stopped ends within one call, with its clean-up done. A process must not exit
   * while a kernel runs, because exiting takes libtorch apart below it.
   */
  public static void stopCalls() {
    callsStopped = true;
  }

  static void checkCalls() {
    if (callsStopped) {
      throw new GpuException("the process is ending");
    }
    if (SET_UP.get() == null) {
      onThisThread();
    }
  }

  /** Kernels run once a shape: profiling costs, pays nothing. libtorch keeps that by thread. */
  private static void onThisThread() {
    JniUtils.setGraphExecutorOptimize(false);
    SET_UP.set(Boolean.TRUE);
  }

  private TorchEngine orRefuse(ComputeDevice otherDevice, int otherThreads) {
    if (device.equals(otherDevice) && intraOpThreads == otherThreads) {
      return this;
    }
    throw new GpuException(
        "libtorch already runs on "
            + device
            + " with "
            + intraOpThreads
            + " threads; one process has one device");
  }

  private static void setDefault(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }

  /** The device of every array of this process. */
  public ComputeDevice device() {
    return device;
  }

  /** Number of CUDA devices that libtorch sees; {@code cuda:N} needs N below it. */
  public int cudaDevices() {
    return Engine.getEngine("PyTorch").getGpuCount();
  }

  /** Version of libtorch. */
  public String version() {
    return Engine.getEngine("PyTorch").getVersion();
  }

  /**
   * The precision that arithmetic on arrays of this precision should have: bf16 where the processor
   * multiplies it, else fp32. A CPU without such instructions emulates them, several times slower
   * than fp32.
   */
  public Precision arithmetic(Precision stored) {
    boolean emulated =
        stored == Precision.BF16 && device.kind() == ComputeDevice.Kind.CPU && !CpuFeatures.bf16();
    return emulated ? Precision.FP32 : stored;
  }

  /** Threads that share the work of one operator. */
  public int intraOpThreads() {
    return intraOpThreads;
  }

  /** Opens a scope directly below the process root. The caller closes it. */
  public Scope openScope(String name) {
    return new Scope(this, name, (PtNDManager) root.newSubManager());
  }

  /**
   * Arrays that the process holds, whatever open scope owns them. In a process that trains it is
   * the same after every step.
   */
  public int liveArrays() {
    return root.getManagedArrays().size();
  }

  PtNDManager root() {
    return root;
  }
}
