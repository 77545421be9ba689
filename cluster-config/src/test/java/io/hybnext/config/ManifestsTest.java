package io.hybnext.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
  private static final HybnextSettings PODS =
      HybnextSettings.load(HybnextSettings.Source.profile("kubernetes"));
  private static final Set<String> VARIABLES =
      Set.of("HYBNEXT_HOST", "HYBNEXT_CERTIFICATES", "HYBNEXT_EXCHANGE_PORT", "HYBNEXT_NO_BUILD");
  private static final Set<String> POD_VARIABLES =
      Set.of("HYBNEXT_HOST", "HYBNEXT_POD_IP", "HYBNEXT_CERTIFICATES", "HYBNEXT_NO_BUILD");

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
        assertEquals(PODS.cluster().port(), port(document, "ports", "cluster", "port"));
        assertEquals(PODS.exchange().port(), port(document, "ports", "exchange", "port"));
        int management = PODS.cluster().management().port();
        assertEquals(management, port(document, "ports", "management", "port"));
      } else if (kind.equals("Certificate")) {
        assertEquals(List.of("*." + service), at(document, "spec", "dnsNames"));
        assertEquals("PKCS8", at(document, "spec", "privateKey", "encoding"));
      } else if (kind.equals("StatefulSet")) {
        sets.add(name);
        checkSet(document, service);
        checkProbes(document);
      }
    }
    assertEquals(List.of("hybnext", "hybnext-standby"), sets);
  }

  private static Object port(Object document, String list, String name, String key) {
    return list(document, "spec", list).stream()
        .filter(port -> at(port, "name").equals(name))
        .map(port -> at(port, key))
        .findFirst()
        .orElseThrow();
  }

  private static void checkProbes(Object set) {
    Object container = at(set, "spec", "template", "spec", "containers", 0);
    int management = PODS.cluster().management().port();
    Map<Object, Object> ports = new HashMap<>();
    list(container, "ports").forEach(of -> ports.put(at(of, "name"), at(of, "containerPort")));
    assertEquals(PODS.cluster().port(), ports.get("cluster"));
    assertEquals(PODS.exchange().port(), ports.get("exchange"));
    assertEquals(management, ports.get("management"));
    assertEquals("/ready", at(container, "readinessProbe", "httpGet", "path"));
    assertEquals("management", at(container, "readinessProbe", "httpGet", "port"));
    String alive = at(container, "livenessProbe", "exec", "command", 2).toString();
    assertTrue(alive.contains("/dev/tcp/$HYBNEXT_POD_IP/" + management + ";"), alive);
    assertTrue(alive.contains("GET /alive HTTP/1.0\\r\\n"), alive);
  }

  @Test
  void shouldLetPodsFindEachOtherAndHoldALease() throws IOException {
    Map<String, Object> kinds = new HashMap<>();
    for (Object document : documents("kubernetes/hybnext.yaml")) {
      kinds.put(at(document, "kind").toString(), document);
    }
    String account = at(kinds.get("ServiceAccount"), "metadata", "name").toString();
    Object binding = kinds.get("RoleBinding");
    assertEquals(account, at(binding, "subjects", 0, "name"));
    assertEquals(at(kinds.get("Role"), "metadata", "name"), at(binding, "roleRef", "name"));
    List<?> rules = list(kinds.get("Role"), "rules");
    assertEquals(List.of("pods"), at(rules.get(0), "resources"));
    assertTrue(list(rules.get(0), "verbs").contains("list"));
    assertEquals(List.of("coordination.k8s.io"), at(rules.get(1), "apiGroups"));
    assertTrue(list(rules.get(1), "verbs").containsAll(List.of("get", "create", "update")));
    Object template = at(kinds.get("StatefulSet"), "spec", "template");
    assertEquals(account, at(template, "spec", "serviceAccountName"));
    Object budget = at(kinds.get("PodDisruptionBudget"), "spec");
    assertEquals(1, at(budget, "maxUnavailable"));
    ClusterSettings cluster = PODS.cluster();
    for (Object labels :
        List.of(
            at(budget, "selector", "matchLabels"), at(kinds.get("Service"), "spec", "selector"))) {
      assertEquals(Map.of("app", cluster.bootstrap().service()), labels);
    }
    assertEquals(cluster.bootstrap().service(), at(template, "metadata", "labels", "app"));
    assertEquals(ClusterSettings.Discovery.KUBERNETES_API, cluster.bootstrap().method());
    assertEquals(ClusterSettings.Lease.KUBERNETES, cluster.lease());
  }

  private static void checkSet(Object set, String service) {
    assertEquals(service, at(set, "spec", "serviceName"));
    Object template = at(set, "spec", "template");
    assertEquals(at(set, "spec", "selector", "matchLabels"), at(template, "metadata", "labels"));
    Object container = at(template, "spec", "containers", 0);
    String command = list(container, "command").get(2).toString();
    assertTrue(command.contains("--profile kubernetes"), command);
    for (Object variable : list(container, "env")) {
      String name = at(variable, "name").toString();
      assertTrue(name.equals("POD_NAME") || POD_VARIABLES.contains(name), name);
      if (name.equals("HYBNEXT_POD_IP")) {
        assertEquals("status.podIP", at(variable, "valueFrom", "fieldRef", "fieldPath"));
      }
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
