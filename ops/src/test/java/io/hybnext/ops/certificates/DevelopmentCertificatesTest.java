package io.hybnext.ops.certificates;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.cluster.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevelopmentCertificatesTest {
  @TempDir Path folder;

  private static String permissions(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void shouldMakeWhatEachHostNeedsAndAddHostsLater() throws Exception {
    DevelopmentCertificates certificates = new DevelopmentCertificates(folder.resolve("all"));
    List<Path> first = certificates.make(List.of("node-a", "10.0.0.5"), 30);
    assertEquals(List.of(folder.resolve("all/node-a"), folder.resolve("all/10.0.0.5")), first);
    for (Path host : first) {
      new TlsFiles(host).check(Instant.now());
      assertEquals("rw-------", permissions(host.resolve("tls.key")));
    }
    assertEquals("rw-------", permissions(folder.resolve("all/ca.key")));
    X509Certificate own = PemFile.certificate(first.get(1).resolve("tls.crt"));
    String names = own.getSubjectAlternativeNames().toString();
    assertTrue(names.contains("10.0.0.5"), names);

    byte[] before = Files.readAllBytes(first.get(0).resolve("tls.crt"));
    List<Path> more = certificates.make(List.of("node-a", "node-b"), 30);
    assertArrayEquals(before, Files.readAllBytes(more.get(0).resolve("tls.crt")));
    new TlsFiles(more.get(1)).check(Instant.now());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("all/ca.crt")),
        Files.readAllBytes(more.get(1).resolve("ca.crt")));
  }
}
