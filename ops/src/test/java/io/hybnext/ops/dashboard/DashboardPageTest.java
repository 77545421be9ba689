package io.hybnext.ops.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import io.hybnext.actors.run.ProgressEvent.TrainerChanged;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.config.DashboardSettings;
import io.hybnext.ops.http.AccessTokens;
import io.hybnext.ops.http.Role;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser; pictures of it are left in {@code target/screenshots}. */
class DashboardPageTest {
  private static final Path PICTURES = Path.of("target", "screenshots");
  private static final String TAB = "Tab";
  private static final String READY = "document.getElementById('link').dataset.state === 'live'";

  @TempDir private Path root;
  private final NotedActions actions = new NotedActions();

  private AsideImages images;
  private List<Quarantined> aside;

  @BeforeEach
  void putAside() throws Exception {
    images = new AsideImages(root.resolve("intake")).damaged("a.png").picture("b.png");
    aside = images.putAside(QuarantineRule.SIZE, "is too small");
  }

  private static Chromium browser() throws Exception {
    Optional<Path> program = Chromium.program();
    if (program.isEmpty()) {
      System.err.println("DashboardPageTest is SKIPPED: no chromium on the PATH; install it");
    }
    Assumptions.assumeTrue(program.isPresent(), "chromium is not installed");
    return Chromium.start(program.get());
  }

  private Dashboard dashboard(WatchedRun run, String tokens) {
    return Dashboard.start(
        new DashboardSettings(0, "127.0.0.1", "", tokens),
        run.folder(),
        new Dashboard.Subject(Optional.of(images.settings()), actions, Optional::empty));
  }

  /** The first picture of a process takes longest: the page is opened when it was there. */
  private void awaitPicture(Dashboard dashboard) throws Exception {
    URI uri = URI.create(dashboard.url() + "quarantine/" + QuarantinePictures.key(aside.get(1)));
    HttpRequest picture = HttpRequest.newBuilder(uri).build();
    HttpClient client = HttpClient.newHttpClient();
    int status = 0;
    for (int i = 0; i < 20 && status != 200; i++) {
      status = client.send(picture, BodyHandlers.discarding()).statusCode();
    }
    assertEquals(200, status);
  }

  @Test
  void shouldShowARunLiveAndActOnIt() throws Exception {
    try (Chromium browser = browser();
        WatchedRun run = new WatchedRun(root);
        Dashboard dashboard = dashboard(run, "")) {
      run.begin().steps(40).checkpoint(40);
      run.picture("step-00000040-0.png", 100).picture("real-0.png", 180);
      awaitPicture(dashboard);
      browser.window(1400, 900, false);
      browser.open(dashboard.url());
      browser.await(READY + " && document.querySelectorAll('canvas').length >= 4");
      assertEquals("training", text(browser, "#phase"));
      assertEquals(3, count(browser, ".member"), "coordinator and two trainers");
      assertEquals(1, count(browser, "#checkpoints-body tbody tr"));
      assertTrue(text(browser, "#health").contains("All is well"));
      browser.await("[...document.querySelectorAll('#wall img')].length === 2");

      browser.evaluate("document.querySelector('.quarantine').scrollIntoView()");
      browser.await("document.querySelector('.quarantine img')?.naturalWidth === 160");
      browser.await("document.querySelector('.quarantine').innerText.includes('no picture')");
      assertTrue(text(browser, ".quarantine").contains("is too small"));
      assertFalse(browser.evaluate("document.body.innerHTML").asText().contains("Zimmerquark"));

      run.steps(5);
      run.unwell("trainer-1", HealthState.DEGRADED, "It needs twice the time.", "Look at it.");
      browser.await("document.querySelector('#tiles').innerText.includes('step 40')");
      browser.await("document.querySelector('.finding')?.innerText.includes('twice the time')");
      browser.await("document.querySelector('[data-member=trainer-1]').dataset.tone !== 'good'");

      browser.evaluate("document.querySelector('[data-action=pause]').click()");
      browser.await("document.getElementById('confirm').open");
      assertEquals("Cancel", browser.evaluate("document.activeElement.textContent").asText());
      browser.key("Enter", 13); // the safe choice has the focus
      browser.await("!document.getElementById('confirm').open");
      assertEquals(List.of(), actions.asked());

      browser.evaluate("document.querySelector('[data-action=drain]').click()");
      browser.await("document.getElementById('confirm').open");
      browser.evaluate("document.getElementById('confirm-yes').click()");
      browser.await("document.getElementById('toast').textContent === 'drain is done'");
      assertEquals(List.of("drain{trainer=trainer-0}"), actions.asked());
      browser.await("document.querySelector('#audit').innerText.includes('asked for drain')");
      browser.screenshot(PICTURES.resolve("dashboard.png"));

      run.tell(new TrainerChanged("trainer-0", TrainerState.LEFT, "an operator drained it"));
      browser.await("!!document.querySelector('[data-member=trainer-0] [data-action=recall]')");
      assertEquals(0, count(browser, "[data-member=trainer-1] [data-action=recall]"));
      browser.evaluate("document.querySelector('[data-action=recall]').click()");
      browser.await("document.getElementById('confirm').open");
      browser.evaluate("document.getElementById('confirm-yes').click()");
      browser.await("document.getElementById('toast').textContent === 'recall is done'");
      assertTrue(actions.asked().contains("recall{trainer=trainer-0}"));
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void shouldBeReadableEverywhere() throws Exception {
    try (Chromium browser = browser();
        WatchedRun run = new WatchedRun(root);
        Dashboard dashboard = dashboard(run, "")) {
      run.begin().steps(40).checkpoint(40).picture("step-00000040-0.png", 100);
      run.unwell("trainer-1", HealthState.FAILED, "Its disk is full.", "Free some space.");
      awaitPicture(dashboard);
      for (boolean dark : new boolean[] {false, true}) {
        for (int width : new int[] {390, 1400}) {
          browser.window(width, 900, dark);
          browser.open(dashboard.url());
          browser.await(READY + " && document.querySelectorAll('canvas').length >= 4");
          browser.await("document.querySelector('.finding')");
          String name = (width < 600 ? "phone" : "wide") + (dark ? "-dark" : "-light");
          assertEquals(
              width,
              browser.evaluate("document.documentElement.scrollWidth").asInt(),
              name + ": nothing is wider than the window");
          JsonNode faint = new ObjectMapper().readTree(browser.evaluate(CONTRAST).asText());
          assertEquals(0, faint.size(), name + ": contrast below 4.5: " + faint);
          browser.screenshot(PICTURES.resolve(name + ".png"));
        }
      }
      assertEquals(List.of(), browser.complaints());
    }
  }

  @Test
  void shouldLetInWhoShowsATokenByKeyboardAlone() throws Exception {
    Path file = root.resolve("tokens.json");
    String token = new AccessTokens(file).add("vera", Role.VIEWER);
    try (Chromium browser = browser();
        WatchedRun run = new WatchedRun(root);
        Dashboard dashboard = dashboard(run, file.toString())) {
      run.begin().steps(2);
      browser.window(1400, 900, false);
      browser.open(dashboard.url());
      browser.await("document.getElementById('login').open");
      browser.await("document.activeElement.id === 'token'");
      browser.evaluate("document.activeElement.value = 'hyb_wrong'");
      browser.key("Enter", 13);
      browser.await("document.getElementById('login-wrong').textContent.includes('opens nothing')");
      browser.evaluate("document.activeElement.value = '" + token + "'");
      browser.key("Enter", 13);
      browser.await(READY);
      browser.await("document.querySelectorAll('.member').length === 3");
      assertEquals(0, count(browser, "button[data-action]:not(:disabled)"), "she only looks");
      assertEquals("for operators", text(browser, ".thumb"));
      browser.key(TAB, 9);
      browser.await("document.activeElement !== document.body");
      assertTrue(Files.readString(file).contains("vera"));
    }
  }

  private static String text(Chromium browser, String selector) throws Exception {
    return browser.evaluate("document.querySelector('" + selector + "').innerText").asText();
  }

  private static int count(Chromium browser, String selector) throws Exception {
    return browser.evaluate("document.querySelectorAll('" + selector + "').length").asInt();
  }

  /** Texts whose contrast to what lies behind them is below WCAG AA (4.5; 3 for large ones). */
  private static final String CONTRAST =
      """
      (() => {
        const parse = (c) => { const n = c.match(/[\\d.]+/g).map(Number); return { rgb: n.slice(0, 3), a: n[3] ?? 1 }; };
        const light = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
          .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a > 0.99) return c.rgb; } return [255, 255, 255]; };
        const opacity = (e) => { let all = 1; for (; e; e = e.parentElement) all *= Number(getComputedStyle(e).opacity); return all; };
        const faint = [];
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = texts.nextNode(); node; node = texts.nextNode()) {
          const e = node.parentElement;
          if (!node.textContent.trim() || !e.checkVisibility({ visibilityProperty: true }) || e.closest('.skip, dialog, script')) continue;
          const style = getComputedStyle(e), back = behind(e), alpha = opacity(e);
          const front = parse(style.color).rgb.map((v, i) => v * alpha + back[i] * (1 - alpha));
          const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
          const size = parseFloat(style.fontSize), least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
          const ratio = (a + 0.05) / (b + 0.05);
          if (ratio < least && !e.closest('button:disabled')) faint.push(e.className + ': ' + node.textContent.trim().slice(0, 30) + ' ' + ratio.toFixed(2));
        }
        return JSON.stringify(faint);
      })()
      """;
}
