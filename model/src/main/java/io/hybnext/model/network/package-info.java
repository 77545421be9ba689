/**
 * What small networks share: the layout of named parameters in one flat array ({@link
 * io.hybnext.model.network.FlatLayout}), reading and writing it ({@link
 * io.hybnext.model.network.FlatWeights}).
 */
package io.hybnext.model.network;
