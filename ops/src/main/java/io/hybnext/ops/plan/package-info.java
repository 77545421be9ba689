/**
 * What a run will hold in memory, before it is started: {@link io.hybnext.ops.plan.MemoryPlan} adds
 * up what model, exchange and process say of themselves. {@link
 * io.hybnext.ops.plan.PlannedTraining} finds the sizes that settings leave to tokenizer and
 * encoder. Read {@code MemoryPlan} first.
 */
package io.hybnext.ops.plan;
