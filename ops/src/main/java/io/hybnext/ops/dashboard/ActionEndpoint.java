package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.file.FileFailure;
import io.hybnext.ops.dashboard.RunActions.Result;
import io.hybnext.ops.http.Endpoint;
import io.hybnext.ops.http.Endpoint.Call;
import io.hybnext.ops.http.Replies;
import io.hybnext.ops.http.Role;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Actions as requests: noted, done, noted again. What cannot be noted is not done. */
final class ActionEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(ActionEndpoint.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST = 200;
  private static final long PATIENCE_S = 8; // less than browsers and the server have

  private final RunActions actions;
  private final AuditLog audit;

  ActionEndpoint(RunActions actions, AuditLog audit) {
    this.actions = actions;
    this.audit = audit;
  }

  Endpoint endpoint() {
    return Endpoint.post("/api/actions/*", Role.OPERATOR, this::perform);
  }

  private CompletionStage<HttpResponse> perform(Call call) {
    String action = call.name();
    if (!RunActions.NAMES.contains(action)) {
      return Replies.done(Replies.sentence(404, "there is no such action"));
    }
    Map<String, String> about;
    try {
      about = JSON.readValue(call.body(), new TypeReference<Map<String, String>>() {});
    } catch (IOException wrong) {
      return Replies.done(Replies.sentence(400, "want a JSON object of texts"));
    }
    if (about == null || about.values().stream().anyMatch(ActionEndpoint::isOdd)) {
      return Replies.done(Replies.sentence(400, "want a JSON object of short texts"));
    }
    return perform(call, action, about);
  }

  private static boolean isOdd(String value) {
    return value == null || value.length() > LONGEST || !value.matches("[\\P{Cntrl}]*");
  }

  private CompletionStage<HttpResponse> perform(
      Call call, String action, Map<String, String> about) {
    String id;
    try {
      id = audit.asked(call.principal(), action, about);
    } catch (IOException e) {
      return Replies.done(
          Replies.sentence(
              503, "not done: the audit log cannot be written: " + FileFailure.explain(e)));
    }
    CompletableFuture<Result> outcome =
        actions
            .perform(action, about)
            .handle(
                (result, error) ->
                    error == null ? result : new Result(false, "it failed: " + error.getMessage()))
            .thenApply(result -> noted(id, action, result))
            .toCompletableFuture();
    return outcome
        .thenApply(result -> Replies.sentence(result.done() ? 200 : 409, result.sentence()))
        .completeOnTimeout(
            Replies.sentence(202, "under way; the audit log tells what comes of it"),
            PATIENCE_S,
            TimeUnit.SECONDS);
  }

  private Result noted(String id, String action, Result result) {
    try {
      audit.outcome(id, result.done(), result.sentence());
    } catch (IOException e) {
      LOG.warn("what came of {} is missing in the audit log: {}", action, FileFailure.explain(e));
    }
    return result;
  }

  /** The offers as the page is told them. */
  Object offers() {
    return actions.offers();
  }
}
