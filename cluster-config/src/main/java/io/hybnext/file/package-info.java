/**
 * What every module does with files in the same way: telling contents apart by a hash ({@link
 * io.hybnext.file.Sha256}), replacing a file or making a folder as a whole ({@link
 * io.hybnext.file.AtomicFile}, {@link io.hybnext.file.AtomicFolder}), and deleting folders ({@link
 * io.hybnext.file.FileTree}). {@link io.hybnext.file.Disk} is the seam at which a simulated disk
 * takes the place of the file system.
 */
package io.hybnext.file;
