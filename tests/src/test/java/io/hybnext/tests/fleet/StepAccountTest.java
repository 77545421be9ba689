package io.hybnext.tests.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepAccountTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static StepAccount account(String... lines) throws IOException {
    List<JsonNode> parsed = new ArrayList<>();
    for (String line : lines) {
      parsed.add(JSON.readTree(line.replace('\'', '"')));
    }
    return StepAccount.of(parsed);
  }

  @Test
  void shouldFindNothingWhenEveryStepIsToldOnce() throws IOException {
    assertEquals(
        new StepAccount(9, 0, 0, 0, 1),
        account(
            "{'kind':'generation-formed','generation':1}",
            "{'kind':'step','from':0,'step':3}",
            "{'kind':'step','from':4,'step':8}"));
  }

  @Test
  void shouldCountStepsThatNoLineTellsOf() throws IOException {
    assertEquals(
        new StepAccount(9, 2, 0, 0, 0),
        account("{'kind':'step','from':0,'step':3}", "{'kind':'step','from':6,'step':8}"));
  }

  @Test
  void shouldCountStepsThatAreToldAgainUnlessTheyWereRolledBack() throws IOException {
    assertEquals(
        new StepAccount(9, 0, 2, 0, 0),
        account("{'kind':'step','from':0,'step':5}", "{'kind':'step','from':4,'step':8}"));
    assertEquals(
        new StepAccount(9, 0, 0, 2, 0),
        account(
            "{'kind':'step','from':0,'step':5}",
            "{'kind':'rolled-back','from':6,'to':4}",
            "{'kind':'step','from':4,'step':8}"));
  }

  @Test
  void shouldTakeWhatMembersHoldForDoneAndStillFindStepsToldAgain() throws IOException {
    assertEquals(
        new StepAccount(9, 0, 0, 0, 0),
        account(
            "{'kind':'step','from':0,'step':3}",
            "{'kind':'generation-settled','startStep':6}",
            "{'kind':'step','from':6,'step':8}"));
    assertEquals(
        new StepAccount(9, 0, 1, 0, 0),
        account(
            "{'kind':'step','from':0,'step':3}",
            "{'kind':'generation-adopted','committed':6}",
            "{'kind':'step','from':5,'step':8}"));
  }

  @Test
  void shouldTakeStepsBeforeTheFirstOfAnotherCoordinatorForDoneOnceMembersAgree()
      throws IOException {
    String[] takeOver = {
      "{'kind':'step','from':0,'step':3}",
      "{'kind':'generation-formed','generation':2}",
      "{'kind':'step','from':6,'step':8}",
      "{'kind':'generation-settled','startStep':9}",
      "{'kind':'step','from':9,'step':9}"
    };
    assertEquals(new StepAccount(10, 0, 0, 0, 1), account(takeOver));
    takeOver[3] = "{'kind':'generation-settled','startStep':5}";
    assertEquals(new StepAccount(10, 2, 0, 0, 1), account(takeOver));
    takeOver[3] = "{'kind':'generation-formed','generation':3}";
    assertEquals(new StepAccount(10, 2, 0, 0, 2), account(takeOver));
  }
}
