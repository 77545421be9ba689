package io.hybnext.actors.exchange.driver;

import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.ext.DebugReceiveChannelEndpoint;
import io.aeron.driver.ext.LossGenerator;
import java.util.SplittableRandom;

/**
 * A network that loses datagrams, for measurements and tests: a media driver with it drops some of
 * the data that comes in.
 *
 * @param share of the datagrams, 0 to 1; 0 for none
 * @param seed of the choice
 */
public record Loss(double share, long seed) {
  /** Nothing is lost. */
  public static final Loss NONE = new Loss(0, 0);

  /** Makes the ends at which a driver receives. */
  ReceiveChannelEndpointSupplier endpoints() {
    SplittableRandom random = new SplittableRandom(seed);
    LossGenerator data = (address, buffer, length) -> random.nextDouble() < share;
    LossGenerator control = (address, buffer, length) -> false;
    return (channel, dispatcher, status, context) ->
        new DebugReceiveChannelEndpoint(channel, dispatcher, status, context, data, control);
  }
}
