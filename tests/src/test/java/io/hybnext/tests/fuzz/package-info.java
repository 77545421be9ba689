/**
 * Every reader of bytes that others made is given mutations of sound input: it reads them or
 * refuses them with one sentence, soon, and without taking memory that the input does not justify.
 * {@link io.hybnext.tests.fuzz.ReaderFuzzTest} runs them; a finding gets a test of its own beside
 * the reader.
 */
package io.hybnext.tests.fuzz;
