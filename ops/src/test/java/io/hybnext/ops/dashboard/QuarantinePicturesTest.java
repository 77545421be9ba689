package io.hybnext.ops.dashboard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.config.DashboardSettings;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of images that were put aside, and what nobody is told. */
class QuarantinePicturesTest {
  private static final String SMALL = "is 40 x 40 pixels; want 64 at least";

  @TempDir private Path folder;
  private final AtomicLong nanoTime = new AtomicLong();
  private AsideImages images;

  @BeforeEach
  void putAside() throws IOException {
    images = new AsideImages(folder.resolve("intake")).damaged("a.png").picture("b.png");
  }

  private QuarantinePictures pictures(List<Quarantined> aside) {
    return new QuarantinePictures(() -> Optional.of(images.settings()), () -> aside, nanoTime::get);
  }

  private static int status(QuarantinePictures pictures, Quarantined one) throws Exception {
    return pictures
        .answer(QuarantinePictures.key(one))
        .toCompletableFuture()
        .get(2, TimeUnit.MINUTES)
        .status()
        .intValue();
  }

  /** The first look of a process that is slow may take longer than a page waits. */
  private static void await(QuarantinePictures pictures, Quarantined one) throws Exception {
    int status = status(pictures, one);
    for (int i = 0; i < 20 && status != 200; i++) {
      status = status(pictures, one);
    }
    assertEquals(200, status);
  }

  @Test
  void shouldShowWhatCanBeDecodedAndNameNobody() throws Exception {
    List<Quarantined> aside = images.putAside(QuarantineRule.SIZE, SMALL);
    try (WatchedRun run = new WatchedRun(folder.resolve("run"));
        Dashboard dashboard =
            Dashboard.start(
                new DashboardSettings(0, "127.0.0.1", "", ""),
                run.folder(),
                new Dashboard.Subject(
                    Optional.of(images.settings()), RunActions.none("watched"), Optional::empty))) {
      HttpClient client = HttpClient.newHttpClient();
      String news = firstEvent(client, dashboard.url());
      for (Quarantined one : aside) {
        assertTrue(news.contains(QuarantinePictures.key(one)), news);
      }
      assertTrue(news.contains(SMALL));
      assertFalse(news.contains(AsideImages.PERSON), news);
      HttpResponse<byte[]> answer = get(client, dashboard.url(), aside.get(1));
      for (int i = 0; i < 20 && answer.statusCode() != 200; i++) {
        answer = get(client, dashboard.url(), aside.get(1)); // a slow machine looks for long
      }
      assertEquals(200, answer.statusCode());
      assertEquals("image/png", answer.headers().firstValue("Content-Type").orElse(""));
      assertTrue(answer.headers().firstValue("Cache-Control").orElse("").contains("no-store"));
      var shown = ImageIO.read(new ByteArrayInputStream(answer.body()));
      assertArrayEquals(new int[] {160, 160}, new int[] {shown.getWidth(), shown.getHeight()});
      assertEquals(150, shown.getRaster().getSample(80, 80, 0));
      assertEquals(204, get(client, dashboard.url(), aside.get(0)).statusCode(), "damaged");
    }
  }

  private static HttpResponse<byte[]> get(HttpClient client, String url, Quarantined one)
      throws Exception {
    URI uri = URI.create(url + "quarantine/" + QuarantinePictures.key(one));
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
  }

  private static String firstEvent(HttpClient client, String url) throws Exception {
    URI uri = URI.create(url + "api/events");
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    try (BufferedReader events =
        new BufferedReader(
            new InputStreamReader(
                client.send(request, BodyHandlers.ofInputStream()).body(),
                StandardCharsets.UTF_8))) {
      String line = events.readLine();
      while (!line.startsWith("data: ")) {
        line = events.readLine();
      }
      return line;
    }
  }

  @Test
  void shouldShowNothingWithoutTheKeyNorOfWithdrawnStudies() throws Exception {
    List<Quarantined> withdrawn = images.putAside(QuarantineRule.WITHDRAWN, "was withdrawn");
    try (QuarantinePictures pictures = pictures(withdrawn)) {
      assertEquals(204, status(pictures, withdrawn.get(1)));
    }
    List<Quarantined> small = images.putAside(QuarantineRule.SIZE, SMALL);
    try (QuarantinePictures pictures = pictures(small)) {
      await(pictures, small.get(1));
      assertEquals(404, status(pictures, withdrawn.get(1)), "no longer shown");
    }
    Files.delete(images.key());
    try (QuarantinePictures pictures = pictures(small)) {
      assertEquals(204, status(pictures, small.get(1)));
    }
    assertFalse(Files.exists(images.key()), "looking makes no key");
  }

  @Test
  void shouldLookAgainForWhatCameLaterButNotAllTheTime() throws Exception {
    List<Quarantined> aside = new ArrayList<>(images.putAside(QuarantineRule.SIZE, SMALL));
    try (QuarantinePictures pictures = pictures(aside)) {
      await(pictures, aside.get(1));
      Quarantined later =
          images.picture("c.png").putAside(QuarantineRule.SIZE, "came later").get(2);
      aside.add(later);
      assertEquals(204, status(pictures, later));
      await(pictures, aside.get(1));
      nanoTime.addAndGet(Duration.ofSeconds(11).toNanos());
      await(pictures, later);
    }
  }

  @Test
  void shouldShowNothingOfAServer() throws Exception {
    List<Quarantined> aside = images.putAside(QuarantineRule.SIZE, SMALL);
    var server = images.settings().with(java.util.Map.of("data.source", "http://127.0.0.1:8042"));
    try (QuarantinePictures pictures =
        new QuarantinePictures(() -> Optional.of(server), () -> aside, nanoTime::get)) {
      assertEquals(204, status(pictures, aside.get(1)));
    }
  }
}
