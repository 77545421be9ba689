package io.hybnext.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files for Docker Compose and Kubernetes say what the profile says. */
class ManifestsTest {
  private static final HybnextSettings PROFILE =
      HybnextSettings.load(HybnextSettings.Source.profile("machines"));
  private static final Set<String> VARIABLES =
      Set.of("HYBNEXT_HOST", "HYBNEXT_CERTIFICATES", "HYBNEXT_EXCHANGE_PORT", "HYBNEXT_NO_BUILD");

  private static Iterable<Object> documents(String file) throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    Path module = folder.endsWith("cluster-config") ? folder : folder.resolve("cluster-config");
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    return yaml.loadAll(Files.readString(module.resolve(file)));
  }

  /** What lies at keys and list positions, one after the other. */
  private static Object at(Object node, Object... path) {
    Object here = node;
    for (Object step : path) {
      here = step instanceof Integer i ? ((List<?>) here).get(i) : ((Map<?, ?>) here).get(step);
    }
    return here;
  }

  private static List<?> list(Object node, Object... path) {
    return (List<?>) at(node, path);
  }

  @Test
  void shouldGiveEachComposeServiceItsNameCertificateAndCommand() throws IOException {
    Object compose = documents("compose/compose.yaml").iterator().next();
    Map<?, ?> services = (Map<?, ?>) at(compose, "services");
    assertEquals(Set.of("leader", "trainer-a", "trainer-b", "standby"), services.keySet());
    for (Object name : services.keySet()) {
      Object service = services.get(name);
      assertEquals(name, at(service, "hostname"));
      assertEquals(name, at(service, "environment", "HYBNEXT_HOST"));
      Map<?, ?> environment = (Map<?, ?>) at(service, "environment");
      assertTrue(VARIABLES.containsAll(environment.keySet()), environment.toString());
      assertEquals("/certificates", environment.get("HYBNEXT_CERTIFICATES"));
      assertTrue(list(service, "volumes").contains("./certificates/" + name + ":/certificates:ro"));
      assertTrue(list(service, "command").contains("machines"), name.toString());
      boolean leads = name.equals("leader");
      assertEquals(leads ? "train" : "node", list(service, "command").get(1));
      assertEquals(leads ? null : "0", environment.get("HYBNEXT_EXCHANGE_PORT"));
    }
    String probe = list(services.get("leader"), "healthcheck", "test").get(3).toString();
    assertTrue(probe.endsWith("/leader/" + PROFILE.cluster().port()), probe);
  }

  @Test
  void shouldGiveEachPodTheNameThatItsServiceAndCertificateKnow() throws IOException {
    String service = "";
    List<String> sets = new ArrayList<>();
    for (Object document : documents("kubernetes/hybnext.yaml")) {
      String kind = at(document, "kind").toString();
      String name = at(document, "metadata", "name").toString();
      if (kind.equals("Service")) {
        service = name;
        assertEquals("None", at(document, "spec", "clusterIP"));
        assertEquals(true, at(document, "spec", "publishNotReadyAddresses"));
        assertEquals(PROFILE.cluster().port(), at(document, "spec", "ports", 0, "port"));
        assertEquals(PROFILE.exchange().port(), at(document, "spec", "ports", 1, "port"));
        assertEquals("UDP", at(document, "spec", "ports", 1, "protocol"));
      } else if (kind.equals("Certificate")) {
        assertEquals(List.of("*." + service), at(document, "spec", "dnsNames"));
        assertEquals("PKCS8", at(document, "spec", "privateKey", "encoding"));
      } else if (kind.equals("StatefulSet")) {
        sets.add(name);
        checkSet(document, service);
      }
    }
    assertEquals(List.of("hybnext", "hybnext-standby"), sets);
  }

  private static void checkSet(Object set, String service) {
    assertEquals(service, at(set, "spec", "serviceName"));
    Object template = at(set, "spec", "template");
    assertEquals(at(set, "spec", "selector", "matchLabels"), at(template, "metadata", "labels"));
    Object container = at(template, "spec", "containers", 0);
    String command = list(container, "command").get(2).toString();
    assertTrue(command.contains("--profile machines"), command);
    for (Object variable : list(container, "env")) {
      String name = at(variable, "name").toString();
      assertTrue(name.equals("POD_NAME") || VARIABLES.contains(name), name);
      if (name.equals("HYBNEXT_HOST")) {
        assertEquals("$(POD_NAME)." + service, at(variable, "value"));
      }
    }
    List<Object> mounted = new ArrayList<>();
    list(container, "volumeMounts").forEach(mount -> mounted.add(at(mount, "name")));
    List<Object> volumes = new ArrayList<>();
    list(template, "spec", "volumes").forEach(volume -> volumes.add(at(volume, "name")));
    assertEquals(volumes, mounted);
    assertTrue(volumes.contains("shared-memory") && volumes.contains("certificates"));
  }
}
