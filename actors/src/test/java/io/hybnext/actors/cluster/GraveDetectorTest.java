package io.hybnext.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.junit.jupiter.api.Test;

class GraveDetectorTest {
  private static final Config CONFIG =
      ConfigFactory.parseResources(GraveDetectorTest.class, "cluster.conf")
          .getConfig("pekko.cluster.failure-detector")
          .withFallback(ConfigFactory.load().getConfig("pekko.cluster.failure-detector"));

  private static GraveDetector watching(Address address) {
    GraveDetector detector = new GraveDetector(CONFIG, null);
    detector.setAddress(address.toString());
    detector.heartbeat();
    return detector;
  }

  @Test
  void shouldCallAMemberUnreachableFromTheMomentItIsKnownToBeDead() {
    Address dead = AddressFromURIString.parse("pekko://hybnext@127.0.0.1:1");
    GraveDetector ofDead = watching(dead);
    GraveDetector ofOther = watching(AddressFromURIString.parse("pekko://hybnext@127.0.0.1:2"));
    assertTrue(ofDead.isAvailable());
    GraveDetector.bury(dead);
    assertFalse(ofDead.isAvailable());
    assertTrue(ofOther.isAvailable());
  }

  @Test
  void shouldKnowNothingOfAnotherProcessAtTheSameAddress() {
    Address address = AddressFromURIString.parse("pekko://hybnext@127.0.0.1:3");
    watching(address);
    GraveDetector.bury(address);
    assertTrue(watching(address).isAvailable());
  }
}
