package io.hybnext.ops.http;

import java.time.Duration;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BidiShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;

/**
 * Ends a connection that takes too long to send its next request whole, be it that it sends nothing
 * or that it sends a byte now and then, which idle timeouts of connections do not see. The time for
 * taking an answer counts; streams of events may last.
 */
final class IdleLimit
    extends GraphStage<BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse>> {
  private static final String TOO_LATE = "too late";

  private final Duration limit;
  private final Inlet<HttpRequest> requestIn = Inlet.create("request.in");
  private final Outlet<HttpRequest> requestOut = Outlet.create("request.out");
  private final Inlet<HttpResponse> responseIn = Inlet.create("response.in");
  private final Outlet<HttpResponse> responseOut = Outlet.create("response.out");

  IdleLimit(Duration limit) {
    this.limit = limit;
  }

  @Override
  public BidiShape<HttpRequest, HttpRequest, HttpResponse, HttpResponse> shape() {
    return BidiShape.of(requestIn, requestOut, responseIn, responseOut);
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {

    Logic() {
      super(shape());
      setHandler(
          requestIn,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              cancelTimer(TOO_LATE);
              push(requestOut, grab(requestIn));
            }

            @Override
            public void onUpstreamFinish() {
              complete(requestOut);
            }
          });
      setHandler(
          requestOut,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              pull(requestIn);
            }
          });
      setHandler(
          responseIn,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              HttpResponse response = grab(responseIn);
              if (!EventStreams.isStream(response)) {
                scheduleOnce(TOO_LATE, limit);
              }
              push(responseOut, response);
            }

            @Override
            public void onUpstreamFinish() {
              complete(responseOut);
            }
          });
      setHandler(
          responseOut,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              pull(responseIn);
            }
          });
    }

    @Override
    public void preStart() {
      scheduleOnce(TOO_LATE, limit);
    }

    @Override
    public void onTimer(Object timer) {
      completeStage();
    }
  }
}
