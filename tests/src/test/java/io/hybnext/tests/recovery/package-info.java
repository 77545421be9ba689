/**
 * {@code tests/recovery}: how long the others stand still when a trainer is killed, and how soon a
 * new one helps ({@link io.hybnext.tests.recovery.RecoveryCommand}).
 */
package io.hybnext.tests.recovery;
