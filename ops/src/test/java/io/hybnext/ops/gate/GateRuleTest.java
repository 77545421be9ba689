package io.hybnext.ops.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.config.GateSettings;
import io.hybnext.ops.gate.GateRule.Decision;
import io.hybnext.ops.gate.GateRule.Figures;
import io.hybnext.ops.gate.GateRule.Reference;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GateRuleTest {
  private static final Reference BEFORE =
      new Reference(OptionalDouble.of(5), OptionalDouble.of(0.2), OptionalDouble.of(6));

  private final GateRule rule = new GateRule(new GateSettings(8, 4, 0.02, 0.05, 0.1));

  private Decision decide(Double nll, Double kid, Double newestNll) {
    return rule.decide(new Figures(nll, kid, newestNll, null), BEFORE);
  }

  @Test
  void shouldAcceptTheFirstCheckpointWithFiniteFigures() {
    assertTrue(rule.decide(new Figures(9.0, 3.0, 9.0, 3.0), Reference.NONE).accepted());
    Decision wrong = rule.decide(new Figures(Double.NaN, null, null, null), Reference.NONE);
    assertEquals(new Decision(false, "NLL on held-out items is not finite"), wrong);
  }

  @Test
  void shouldRefuseWhatForgetsBeyondItsBound() {
    assertTrue(decide(5.1, 0.2, 6.0).accepted());
    Decision refused = decide(5.11, 0.2, 6.0);
    assertFalse(refused.accepted());
    assertEquals("it forgets: held-out NLL 5.1100, best 5.0000, bound 5.1000", refused.reason());
  }

  @Test
  void shouldRefuseWorsePicturesAndWhatIsWorseOnTheNewestItems() {
    assertTrue(decide(5.0, 0.25, 6.5).accepted());
    assertTrue(decide(5.0, 0.26, 6.0).reason().startsWith("pictures got worse"));
    assertFalse(decide(5.0, Double.NaN, 6.0).accepted());
    assertTrue(decide(5.0, 0.2, 6.7).reason().startsWith("it is worse on the newest items"));
    assertFalse(decide(5.0, 0.2, Double.NaN).accepted());
  }

  @Test
  void shouldJudgeByWhatWasMeasured() {
    assertTrue(decide(5.0, null, null).accepted());
  }
}
