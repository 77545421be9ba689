package io.hybnext.ops.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.Hybnext;
import io.hybnext.ops.home.Home;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir Path folder;

  private static HybnextSettings demo(Map<String, String> changes) {
    return HybnextSettings.load(HybnextSettings.Source.profile("demo")).with(changes);
  }

  private static Finding finding(List<Finding> findings, String check) {
    return findings.stream().filter(one -> one.check().equals(check)).findFirst().orElseThrow();
  }

  @Test
  void shouldFindLibtorchAndTheBundledImages() {
    List<Finding> findings = new Doctor(demo(Map.of()), Home.current()).examine();
    assertEquals(Finding.Status.OK, finding(findings, "libtorch").status());
    assertEquals(Finding.Status.OK, finding(findings, "java").status());
    assertTrue(finding(findings, "images").found().startsWith("2321 listed"));
  }

  @Test
  void shouldTellProgramsTheSame() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    int code = Hybnext.run(stream, stream, false, "doctor", "--json");
    JsonNode result = new ObjectMapper().readTree(out.toByteArray());
    assertEquals("result", result.path("event").asText());
    boolean broken = false;
    List<String> checks = new ArrayList<>();
    for (JsonNode finding : result.path("findings")) {
      checks.add(finding.path("check").asText());
      Finding.Status status = Finding.Status.valueOf(finding.path("status").asText());
      broken |= status == Finding.Status.BROKEN;
      assertEquals(status == Finding.Status.OK, finding.path("advice").asText().isEmpty());
      assertFalse(finding.path("found").asText().isEmpty(), finding.toString());
    }
    assertTrue(checks.containsAll(List.of("java", "libtorch", "images")), checks.toString());
    assertEquals(!broken, result.path("ok").asBoolean(), result.toString());
    assertEquals(broken ? 1 : 0, code);
  }

  @Test
  void shouldNameThePortThatIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      List<Finding> findings =
          new Doctor(demo(Map.of("cluster.port", port)), Home.current()).examine();
      Finding finding = finding(findings, "cluster port");
      assertEquals(Finding.Status.BROKEN, finding.status());
      assertTrue(finding.found().contains(port), finding.found());
      assertTrue(finding.advice().contains("cluster.port"));
    }
  }

  @Test
  void shouldAskForMoreSharedMemoryWithMoreTrainers() {
    long small = Doctor.sharedMemoryNeed(demo(Map.of()));
    Map<String, String> more = Map.of("trainers.count", "4");
    assertTrue(small < Doctor.sharedMemoryNeed(demo(more)));
    assertEquals(Finding.Status.OK, Doctor.sharedMemory(small, small).status());
    Finding broken = Doctor.sharedMemory(small - 1, small);
    assertEquals(Finding.Status.BROKEN, broken.status());
  }

  @Test
  void shouldSayWhichNetworkIsMissing() {
    List<Finding> findings = new Doctor(demo(Map.of()), Home.at(folder)).examine();
    Finding tokenizer = finding(findings, "tokenizer");
    assertEquals(Finding.Status.BROKEN, tokenizer.status());
    assertTrue(tokenizer.found().contains("data.tokenizer = bundled:tokenizer-f16"));
    assertFalse(tokenizer.advice().isEmpty());
  }

  @Test
  void shouldSayWhichSettingOfTheKernelIsTooSmall() {
    assertEquals(Finding.Status.OK, Doctor.socketBuffers(4 << 20).status());
    Finding small = Doctor.socketBuffers(212_992);
    assertEquals(Finding.Status.WARNING, small.status());
    assertTrue(small.found().startsWith("208 KiB"), small.found());
    assertTrue(small.advice().contains("net.core.rmem_max=4194304"), small.advice());
  }
}
