package io.hybnext.ops.doctor;

import io.hybnext.actors.exchange.Encryption;
import io.hybnext.actors.exchange.SharedMemory;
import io.hybnext.actors.exchange.SocketBuffers;
import io.hybnext.config.ExchangeSettings.Transport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.config.TrainersSettings;
import io.hybnext.file.FileFailure;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.GpuException;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.home.Machine;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks whether a machine can do what the settings ask of it. */
public final class Doctor {
  private static final int LEAST_JAVA = 17;
  private static final long LEAST_DISK_BYTES = 1L << 30;
  private static final long MATHS_BYTES_A_TRAINER = 700L << 20;

  private final HybnextSettings settings;
  private final Home home;

  /**
   * Prepares the checks.
   *
   * @param settings that the machine should serve
   * @param home the copy of Hybnext whose assets are looked at
   */
  public Doctor(HybnextSettings settings, Home home) {
    this.settings = settings;
    this.home = home;
  }

  /** Makes every check, the one that loads libtorch last. */
  public List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    findings.add(processor());
    findings.add(memory());
    findings.add(sharedMemory());
    findings.add(disk());
    findings.add(clusterPort());
    if (settings.exchange().transport() == Transport.UDP) {
      findings.add(exchangePort());
      findings.add(socketBuffers(SocketBuffers.receiveBytes()));
      findings.add(Finding.ok("sealing", Encryption.cipher()));
    }
    findings.addAll(new AssetCheck(settings, home).examine());
    findings.addAll(libtorch());
    return findings;
  }

  private static Finding java() {
    int version = Runtime.version().feature();
    return version >= LEAST_JAVA
        ? Finding.ok("java", Machine.java())
        : Finding.broken("java", Machine.java(), "install a JDK 17 or newer and set JAVA_HOME");
  }

  private Finding processor() {
    TrainersSettings trainers = settings.trainers();
    int wanted = trainers.count() * trainers.threads();
    String found = Machine.processor() + ", " + Machine.cores() + " cores";
    return wanted <= Machine.cores()
        ? Finding.ok("processor", found)
        : Finding.warning(
            "processor",
            found,
            "the settings use "
                + wanted
                + " threads; fewer trainers.count or trainers.threads"
                + " would be faster");
  }

  private Finding memory() {
    TrainersSettings trainers = settings.trainers();
    long wanted = trainers.count() * (trainers.heapBytes() + MATHS_BYTES_A_TRAINER);
    long available = Machine.availableMemoryBytes();
    String found = mebibytes(available) + " of " + mebibytes(Machine.memoryBytes()) + " available";
    if (available == 0) {
      return Finding.warning("memory", "unknown", "this system tells no figures");
    }
    return available >= wanted
        ? Finding.ok("memory", found)
        : Finding.warning(
            "memory",
            found,
            trainers.count() + " trainers want about " + mebibytes(wanted) + "; use fewer");
  }

  /** Shared memory that the exchange of these settings needs. */
  static long sharedMemoryNeed(HybnextSettings settings) {
    return SharedMemory.neededBytes(settings.trainers().count());
  }

  private Finding sharedMemory() {
    if (!SharedMemory.isThere()) {
      return Finding.warning(
          "shared memory", "no /dev/shm", "Aeron uses the temporary folder, which is slower");
    }
    return sharedMemory(SharedMemory.freeBytes(SharedMemory.folder()), sharedMemoryNeed(settings));
  }

  /** What to say of so many bytes when so many are needed. */
  static Finding sharedMemory(long free, long need) {
    String found = mebibytes(free) + " free, about " + mebibytes(need) + " needed";
    return free >= need
        ? Finding.ok("shared memory", found)
        : Finding.broken(
            "shared memory",
            found,
            "enlarge /dev/shm (containers: --shm-size), or start fewer trainers");
  }

  private Finding disk() {
    Path folder = settings.run().folder();
    while (!Files.isDirectory(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    try {
      FileStore store = Files.getFileStore(folder);
      String found = mebibytes(store.getUsableSpace()) + " free at " + folder;
      if (!Files.isWritable(folder)) {
        return Finding.broken("disk", found, "the folder may not be written; choose run.folder");
      }
      return store.getUsableSpace() >= LEAST_DISK_BYTES
          ? Finding.ok("disk", found)
          : Finding.broken("disk", found, "free some space or choose another run.folder");
    } catch (IOException failure) {
      return Finding.broken("disk", FileFailure.explain(failure), "choose another run.folder");
    }
  }

  private Finding clusterPort() {
    InetSocketAddress address =
        new InetSocketAddress(settings.cluster().host(), settings.cluster().port());
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
      return Finding.ok("cluster port", "TCP " + port(settings.cluster().port()) + " is open");
    } catch (IOException | IllegalArgumentException taken) {
      return Finding.broken(
          "cluster port",
          "TCP " + address + ": " + taken.getMessage(),
          "choose another cluster.host or cluster.port; 0 takes any free port");
    }
  }

  private Finding exchangePort() {
    int port = settings.exchange().port();
    try (DatagramSocket socket =
        new DatagramSocket(port, InetAddress.getByName(settings.exchangeHost()))) {
      return Finding.ok("exchange port", "UDP " + port(port) + " is open");
    } catch (IOException taken) {
      return Finding.broken(
          "exchange port",
          "UDP " + settings.exchangeHost() + ":" + port + ": " + taken.getMessage(),
          "choose another exchange.host or exchange.port; 0 takes any free port");
    }
  }

  /** What to say of so many bytes of a socket's buffer. */
  static Finding socketBuffers(int granted) {
    String found = (granted >> 10) + " KiB for receiving";
    return granted >= SocketBuffers.WANTED_BYTES
        ? Finding.ok("socket buffers", found)
        : Finding.warning(
            "socket buffers",
            found,
            "gradients between machines go faster after sysctl -w net.core.rmem_max="
                + SocketBuffers.WANTED_BYTES
                + " net.core.wmem_max="
                + SocketBuffers.WANTED_BYTES);
  }

  private static String port(int port) {
    return port == 0 ? "any free port" : Integer.toString(port);
  }

  private List<Finding> libtorch() {
    List<Finding> findings = new ArrayList<>();
    try {
      TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, settings.trainers().threads());
      try (Scope scope = engine.openScope("doctor")) {
        Array bf16 = CoreKernels.of(engine).cast(scope, scope.ones(2, 2), ElementType.BFLOAT16);
        boolean right = bf16.toFloats()[3] == 1f;
        findings.add(
            right
                ? Finding.ok("libtorch", engine.version() + ", a kernel ran")
                : Finding.broken("libtorch", "a kernel gave a wrong result", "report this"));
      }
      findings.add(device(engine));
    } catch (GpuException failure) {
      findings.add(
          Finding.broken(
              "libtorch",
              failure.getMessage(),
              "Linux on x86-64 is needed, or PYTORCH_LIBRARY_PATH with a libtorch of this machine"));
    }
    return findings;
  }

  private Finding device(TorchEngine engine) {
    ComputeDevice wanted = ComputeDevice.parse(settings.trainers().device());
    int devices = engine.cudaDevices();
    String found = "cpu" + (devices == 0 ? ", no CUDA device" : ", " + devices + " CUDA devices");
    int last = wanted.index() + settings.trainers().count() - 1;
    boolean present = wanted.kind() == ComputeDevice.Kind.CPU || last < devices;
    return present
        ? Finding.ok("devices", found)
        : Finding.broken(
            "devices", found, "trainers.device = " + wanted + " is not there; use cpu");
  }

  private static String mebibytes(long bytes) {
    return String.format("%,d MiB", bytes >> 20);
  }
}
