package io.hybnext.streams.orthanc;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real Orthanc server on loopback, of the Debian packages {@code orthanc} and {@code
 * orthanc-gdcm}, with dcmtk's programs to send to it. Can be killed and started again on the same
 * files.
 */
public final class OrthancProcess implements AutoCloseable {
  public static final String USER = "hybnext";
  public static final String PASSWORD = "for-tests";

  private static final Path PLUGIN = Path.of("/usr/share/orthanc/plugins/libOrthancGdcm.so");
  private static final int MOST_TRIES = 3;
  private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(120);

  private final Path folder;
  private final int httpPort;
  private final int dicomPort;
  private HttpClient http = HttpClient.newHttpClient();
  private Process process;

  private OrthancProcess(Path folder, int httpPort, int dicomPort) {
    this.folder = folder;
    this.httpPort = httpPort;
    this.dicomPort = dicomPort;
  }

  /** What of it this machine lacks; empty when a server can be started. */
  public static List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (program("Orthanc").isEmpty()) {
      missing.add("orthanc");
    }
    if (!Files.exists(PLUGIN)) {
      missing.add("orthanc-gdcm");
    }
    if (program("storescu").isEmpty() || program("dcmodify").isEmpty()) {
      missing.add("dcmtk");
    }
    return missing;
  }

  private static Optional<Path> program(String name) {
    String folders = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    return Arrays.stream(folders.split(File.pathSeparator, -1))
        .map(path -> Path.of(path, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param folder an empty one for its files
   */
  public static OrthancProcess start(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("db"));
    for (int tries = 1; ; tries++) {
      OrthancProcess server = new OrthancProcess(folder, freePort(), freePort());
      Files.writeString(folder.resolve("orthanc.json"), server.settings());
      try {
        server.start();
        return server;
      } catch (IOException refused) { // somebody else took a port
        server.kill();
        if (tries == MOST_TRIES) {
          throw refused;
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String settings() {
    return """
        {"Name": "hybnext-test", "StorageDirectory": "%1$s", "IndexDirectory": "%1$s",
         "HttpPort": %2$d, "DicomPort": %3$d, "RemoteAccessAllowed": false, "StableAge": 1,
         "AuthenticationEnabled": true, "RegisteredUsers": {"%4$s": "%5$s"}, "Plugins": ["%6$s"]}
        """
        .formatted(folder.resolve("db"), httpPort, dicomPort, USER, PASSWORD, PLUGIN);
  }

  /** Starts it, again. */
  public void start() throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
                program("Orthanc").orElseThrow().toString(),
                folder.resolve("orthanc.json").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    // GDCM all but fills the small stacks of Orthanc's web threads; symbols looked up there are
    // sometimes one frame too much, and the server is gone
    command.environment().put("LD_BIND_NOW", "1");
    process = command.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "orthanc-end"));
    long deadlineNs = System.nanoTime() + WAIT_NS;
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > deadlineNs) {
        throw new IOException(
            "Orthanc does not start: "
                + Files.readString(folder.resolve("log"), StandardCharsets.ISO_8859_1));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  /** Whether it still runs: a decoder that crashes takes the server with it. */
  public boolean isAlive() {
    return process.isAlive();
  }

  private boolean answers() {
    try {
      return get("/system").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Its address. */
  public String address() {
    return "http://127.0.0.1:" + httpPort;
  }

  /** Ends it at once, as a crash does. */
  public void kill() {
    process.destroyForcibly();
    http = HttpClient.newHttpClient(); // without connections to the one that is gone
    try {
      process.waitFor();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Puts a file in by its REST interface: transfer syntaxes need not be negotiated. */
  public void post(Path file) throws IOException {
    HttpRequest request =
        request("/instances")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Files.readAllBytes(file)))
            .build();
    HttpResponse<String> answer;
    try {
      answer = send(request);
    } catch (IOException idle) { // the server closes connections that are not used
      answer = send(request);
    }
    if (answer.statusCode() != 200) {
      throw new IOException(file + " was refused: " + answer.body());
    }
  }

  /** Sends files by C-STORE; false when the server does not take them now. */
  public boolean store(List<Path> files) throws IOException {
    List<String> command = new ArrayList<>(List.of("storescu", "127.0.0.1", "" + dicomPort));
    files.forEach(file -> command.add(file.toString()));
    return run(command) == 0;
  }

  /** Gives files study, series and instance of their own and a patient, in place. */
  public static void renew(List<Path> files, String patient) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("dcmodify", "-nb", "-gst", "-gse", "-gin", "-i", "PatientID=" + patient));
    files.forEach(file -> command.add(file.toString()));
    if (run(command) != 0) {
      throw new IOException("dcmodify failed on " + files);
    }
  }

  private static int run(List<String> command) throws IOException {
    Process program =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (program.waitFor(WAIT_NS, TimeUnit.NANOSECONDS)) {
        return program.exitValue();
      }
      program.destroyForcibly();
      throw new IOException(command.get(0) + " does not end");
    } catch (InterruptedException stopped) {
      program.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(command.get(0) + " was interrupted", stopped);
    }
  }

  /** Number of the newest change. */
  public long newestChange() throws IOException {
    return Long.parseLong(
        get("/changes?last").body().replaceAll("(?s).*\"Last\" : (\\d+).*", "$1"));
  }

  private HttpResponse<String> get(String path) throws IOException {
    return send(request(path).GET().build());
  }

  private HttpRequest.Builder request(String path) {
    String pair = USER + ":" + PASSWORD;
    return HttpRequest.newBuilder(URI.create(address() + path))
        .header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stopped);
    }
  }

  /** Ends it and removes its files. */
  @Override
  public void close() throws IOException {
    kill();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
