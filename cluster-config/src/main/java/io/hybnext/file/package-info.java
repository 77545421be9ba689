/**
 * What every module does with files in the same way: telling contents apart by a hash ({@link
 * io.hybnext.file.Sha256}), replacing a file or making a folder as a whole ({@link
 * io.hybnext.file.AtomicFile}, {@link io.hybnext.file.AtomicFolder}), and deleting folders ({@link
 * io.hybnext.file.FileTree}).
 */
package io.hybnext.file;
