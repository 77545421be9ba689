package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SocketBuffersTest {
  @Test
  void shouldAskForAsMuchAsTheSystemGrantsASocket() throws IOException {
    assertEquals(granted(StandardSocketOptions.SO_RCVBUF), SocketBuffers.receiveBytes());
    assertEquals(granted(StandardSocketOptions.SO_SNDBUF), SocketBuffers.sendBytes());
  }

  private static int granted(SocketOption<Integer> option) throws IOException {
    try (DatagramChannel socket = DatagramChannel.open()) {
      socket.setOption(option, SocketBuffers.WANTED_BYTES);
      return socket.getOption(option);
    }
  }
}
