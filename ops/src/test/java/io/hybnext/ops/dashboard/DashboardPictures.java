package io.hybnext.ops.dashboard;

import java.nio.file.Path;

/**
 * Takes the pictures of the operators' page that {@code ops/docs} shows, from a page that is served
 * at this moment: of a run that goes on, such as {@code ops/hybnext demo}. Needs {@code chromium}.
 */
final class DashboardPictures {
  private static final String READY =
      "document.getElementById('link').dataset.state === 'live'"
          + " && document.querySelectorAll('canvas').length >= 4"
          + " && [...document.querySelectorAll('img')].slice(0, 8).every((one) => one.complete)";
  private static final int WIDE = 1280;
  private static final int PHONE = 390;

  private DashboardPictures() {}

  /**
   * Takes them.
   *
   * @param arguments address of the page, and the folder that the pictures go to
   */
  public static void main(String[] arguments) throws Exception {
    String address = arguments[0];
    Path folder = Path.of(arguments[1]);
    try (Chromium browser = Chromium.start(Chromium.program().orElseThrow())) {
      take(browser, address, WIDE, true, 1560, folder.resolve("dashboard-dark.png"));
      take(browser, address, WIDE, false, 4000, folder.resolve("dashboard-light.png"));
      take(browser, address, PHONE, true, 1900, folder.resolve("dashboard-phone.png"));
    }
  }

  private static void take(
      Chromium browser, String address, int width, boolean dark, int height, Path file)
      throws Exception {
    browser.window(width, 900, dark);
    browser.open(address);
    browser.await(READY);
    browser.screenshot(file, height);
  }
}
