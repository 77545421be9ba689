package io.hybnext.ops.http;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Browsers that showed a token once: pictures and event streams cannot send one. A session is a
 * random name in a cookie that scripts cannot read; it ends after hours, at a restart, and when its
 * token is taken away. Thread-safe.
 */
final class Sessions {
  /** How long a session lasts. */
  static final Duration LIFE = Duration.ofHours(12);

  private static final int MOST = 1_000;
  private static final int NAME_BYTES = 32;

  private final LongSupplier nanoTime;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Session> open = new LinkedHashMap<>();

  private record Session(Principal principal, long endsNs) {}

  Sessions(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Begins a session and tells its name; the oldest ends when there are too many. */
  synchronized String begin(Principal principal) {
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    String session = Base64.getUrlEncoder().withoutPadding().encodeToString(name);
    open.values().removeIf(this::isOver);
    if (open.size() >= MOST) {
      open.remove(open.keySet().iterator().next());
    }
    open.put(session, new Session(principal, nanoTime.getAsLong() + LIFE.toNanos()));
    return session;
  }

  private boolean isOver(Session session) {
    return nanoTime.getAsLong() - session.endsNs() > 0;
  }

  /** Whose session it is; empty when it is over or never was. */
  synchronized Optional<Principal> find(String session) {
    Session found = open.get(session);
    return found == null || isOver(found) ? Optional.empty() : Optional.of(found.principal());
  }

  synchronized void end(String session) {
    open.remove(session);
  }
}
