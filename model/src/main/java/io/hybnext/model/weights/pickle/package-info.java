/**
 * A reader of Python pickles that runs nothing: it builds numbers, texts, lists, tuples, sets and
 * dictionaries, hands the few names that its host knows to the host, and refuses every other name.
 * Work and memory are bounded by the length of the pickle. Read {@link
 * io.hybnext.model.weights.pickle.PickleReader} first. Format: the opcode table of Python's module
 * {@code pickletools}.
 */
package io.hybnext.model.weights.pickle;
