package io.hybnext.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.hybnext.config.HybnextSettings;
import io.hybnext.config.HybnextSettings.Source;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FingerprintsTest {
  private static final HybnextSettings DEMO = HybnextSettings.load(Source.profile("demo"));

  private static String of(String key, String value) {
    return Fingerprints.settings(DEMO.with(Map.of(key, value)));
  }

  @Test
  void shouldStayWhatItWasForCheckpointsOfEarlierReleases() {
    String before = "226066c624d1074c4c7ee8b24abb0eb5f2dceab7fa1452c7553ca7ada28f5a74";
    assertEquals(before, Fingerprints.settings(DEMO));
  }

  @Test
  void shouldTellSettingsThatChangeTheRate() {
    String demo = Fingerprints.settings(DEMO);
    assertNotEquals(demo, of("optimiser.rewarm-steps", "5"));
    assertNotEquals(demo, of("optimiser.schedule", "wsd"));
    assertEquals(demo, of("optimiser.rewarm-share", "0.2"), "nothing warms up again");
    assertEquals(demo, of("data.mixing.enter-every", "5 s"), "each wave notes its own");
  }
}
