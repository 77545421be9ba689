package io.hybnext.tests.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operators' page of a run, as a browser uses it: actions, and events as they happen. */
final class RunPage implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ADDRESS = Pattern.compile("http://[0-9.:]+/");
  private static final String DATA = "data: ";

  private static final int UNDER_WAY = 202; // the audit log tells what comes of it

  private final HttpClient client = HttpClient.newHttpClient();
  private final String address;
  private final BufferedReader events;
  private final Map<String, Integer> asked = new HashMap<>();

  /**
   * Opens it.
   *
   * @param told event of a process that names its address
   */
  RunPage(JsonNode told) throws IOException, InterruptedException {
    Matcher found = ADDRESS.matcher(told.toString());
    if (!found.find()) {
      throw new AssertionError("no address in " + told);
    }
    address = found.group();
    HttpRequest listen = HttpRequest.newBuilder(URI.create(address + "api/events")).build();
    events =
        new BufferedReader(
            new InputStreamReader(
                client.send(listen, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8));
  }

  /**
   * Does an action.
   *
   * @param about JSON object with what it is about
   * @return what came of it, when it is done
   */
  String act(String action, String about) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "api/actions/" + action))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(about))
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    int times = asked.merge(action, 1, Integer::sum);
    if (answer.statusCode() == UNDER_WAY) {
      JsonNode last =
          outcomes(await("audit", lines -> outcomes(lines, action).size() == times), action).get(0);
      if (!last.path("outcome").asText().equals("done")) {
        throw new AssertionError(action + ": " + last);
      }
      return last.path("sentence").asText();
    } else if (answer.statusCode() != 200) {
      throw new AssertionError(action + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body()).path("message").asText();
  }

  /** Lines of the audit log that tell what came of an action. */
  private static List<JsonNode> outcomes(JsonNode lines, String action) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode line : lines) {
      if (line.path("action").asText().equals(action) && !line.path("outcome").asText().isEmpty()) {
        found.add(line);
      }
    }
    return found;
  }

  /** Reads what happens until a section of the page is as wanted; returns it. */
  JsonNode await(String section, Predicate<JsonNode> wanted) throws IOException {
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.startsWith(DATA)) {
        JsonNode told = JSON.readTree(line.substring(DATA.length())).path("sections").path(section);
        if (!told.isMissingNode() && wanted.test(told)) {
          return told;
        }
      }
    }
    throw new AssertionError("the page went away");
  }

  @Override
  public void close() throws IOException {
    events.close();
  }
}
