package io.hybnext.streams.orthanc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.streams.source.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The REST interface of an Orthanc server, as far as following it needs (the Orthanc Book, "REST
 * API"). Answers are bounded. One thread at a time.
 */
final class OrthancServer {
  /** Explicit VR little endian. */
  private static final String NATIVE = "1.2.840.10008.1.2.1";

  private static final String TRANSCODE =
      "{\"Transcode\": \"" + NATIVE + "\", \"Keep\": [\"SOPInstanceUID\"], \"Force\": true}";
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
  private static final int MAX_JSON_BYTES = 64 << 20;
  private static final long MAX_FILE_BYTES = 1L << 30;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{8}){4}");
  private static final JsonMapper JSON = new JsonMapper();

  private final String address;
  private final String authorization;
  private final HttpClient http;

  /**
   * A server.
   *
   * @param address such as {@code http://pacs:8042}, without a user
   * @param user empty for none
   * @param password never told
   */
  OrthancServer(String address, String user, String password) {
    this.address = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    String pair = user + ":" + password;
    authorization =
        user.isEmpty()
            ? null
            : "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_WITHIN)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** Its address without a slash at the end. */
  String address() {
    return address;
  }

  /**
   * A piece of the change feed.
   *
   * @param newInstances number of the change by instance, in order
   * @param stableStudies number of the last such change by study, in order: nothing was added to it
   *     for a while
   * @param last number of the last one, of whatever kind
   * @param done whether there is nothing behind it now
   */
  record Changes(
      Map<String, Long> newInstances, Map<String, Long> stableStudies, long last, boolean done) {}

  /** The server answered, and not with what was asked for. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    Refused(int status) {
      super("it answered with status " + status);
      this.status = status;
    }

    /** Whether there is no such thing. */
    boolean isMissing() {
      return status == 404;
    }

    /** Whether another try may go well: proxies, and servers that start or are full, say so. */
    boolean isPassing() {
      return status == 429 || status == 502 || status == 503 || status == 504;
    }
  }

  /** Changes behind a number. */
  Changes changes(long since, int limit) throws IOException, InterruptedException {
    JsonNode answer = json("/changes?since=" + since + "&limit=" + limit);
    Map<String, Long> instances = new LinkedHashMap<>();
    Map<String, Long> studies = new LinkedHashMap<>();
    for (JsonNode change : answer.path("Changes")) {
      String kind = change.path("ChangeType").asText();
      if (kind.equals("StableStudy")) {
        studies.put(id(change), change.path("Seq").asLong());
      } else if (kind.equals("NewInstance")) {
        instances.put(id(change), change.path("Seq").asLong());
      }
    }
    boolean done = answer.path("Done").asBoolean(true);
    return new Changes(instances, studies, answer.path("Last").asLong(), done);
  }

  /**
   * The study of an instance, if nothing is being added to it.
   *
   * @throws Refused when the instance was deleted
   */
  Optional<String> stableStudyOf(String instance) throws IOException, InterruptedException {
    JsonNode study = json("/instances/" + instance + "/study");
    return study.path("IsStable").asBoolean() ? Optional.of(id(study)) : Optional.empty();
  }

  /** Number of the newest change; 0 when there is none. */
  long newest() throws IOException, InterruptedException {
    return json("/changes?last").path("Last").asLong();
  }

  /**
   * An instance of a study.
   *
   * @param id on the server
   * @param isReport whether it belongs to a series of structured reports
   */
  record Instance(String id, boolean isReport) {}

  /**
   * The instances of a study, reports first, always in the same order.
   *
   * @throws Refused when it was deleted since
   */
  List<Instance> instances(String study) throws IOException, InterruptedException {
    List<Instance> reports = new ArrayList<>();
    List<Instance> images = new ArrayList<>();
    for (JsonNode series : json("/studies/" + study + "/series")) {
      boolean isReport = series.path("MainDicomTags").path("Modality").asText().equals("SR");
      for (JsonNode instance : series.path("Instances")) {
        (isReport ? reports : images).add(new Instance(checked(instance.asText()), isReport));
      }
    }
    reports.sort((a, b) -> a.id().compareTo(b.id()));
    images.sort((a, b) -> a.id().compareTo(b.id()));
    reports.addAll(images);
    return reports;
  }

  private static String id(JsonNode resource) throws IOException {
    return checked(resource.path("ID").asText());
  }

  /** It becomes part of an address and of a file's name. */
  private static String checked(String id) throws IOException {
    if (!ID.matcher(id).matches()) {
      throw new IOException("it gave an identifier that is none");
    }
    return id;
  }

  /**
   * Writes the file of an instance as it was received.
   *
   * @throws Refused when it was deleted since, or the server lost it
   */
  void file(String instance, Path to) throws IOException, InterruptedException {
    save(request("/instances/" + instance + "/file").GET().build(), to);
  }

  /**
   * Writes the file of an instance with its pixels decoded by the server.
   *
   * @throws Refused when the server cannot decode it
   */
  void decodedFile(String instance, Path to) throws IOException, InterruptedException {
    save(
        request("/instances/" + instance + "/modify")
            .POST(BodyPublishers.ofString(TRANSCODE))
            .build(),
        to);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path)).timeout(ANSWER_WITHIN);
    return authorization == null ? request : request.header("Authorization", authorization);
  }

  private JsonNode json(String path) throws IOException, InterruptedException {
    try (InputStream body = send(request(path).GET().build())) {
      byte[] bytes = body.readNBytes(MAX_JSON_BYTES + 1);
      if (bytes.length > MAX_JSON_BYTES) {
        throw new IOException("its answer has more than " + MAX_JSON_BYTES + " bytes");
      }
      return JSON.readTree(bytes);
    } catch (JsonProcessingException garbled) {
      throw new IOException("its answer is no JSON"); // the cause quotes it, names perhaps
    }
  }

  private void save(HttpRequest request, Path to) throws IOException, InterruptedException {
    try (InputStream body = send(request)) {
      long copied =
          Files.copy(new Bounded(body, MAX_FILE_BYTES), to, StandardCopyOption.REPLACE_EXISTING);
      if (copied == 0) {
        throw new IOException("it sent an empty file");
      }
    }
  }

  private InputStream send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response;
    try {
      response = http.send(request, BodyHandlers.ofInputStream());
    } catch (HttpTimeoutException slow) {
      throw new IOException("it did not answer in time", slow);
    }
    int status = response.statusCode();
    if (status == 200) {
      return response.body();
    }
    response.body().close();
    if (status == 401 || status == 403) {
      throw new SourceException(
          "The Orthanc server "
              + address
              + " does not let this user in (status "
              + status
              + "): set orthanc.user and orthanc.password-file.",
          null);
    }
    throw new Refused(status);
  }

  /** A stream that is at most so long. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left;

    Bounded(InputStream in, long most) {
      this.in = in;
      this.left = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = in.read(into, offset, length);
      left -= Math.max(0, count);
      if (left < 0) {
        throw new IOException("it sent a file of more than " + MAX_FILE_BYTES + " bytes");
      }
      return count;
    }
  }
}
