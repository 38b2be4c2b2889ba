/**
 * Files of tensors: reading them as views of the mapped file, and writing them so that a name never stands for half a
 * file. A new format is a new file here; it throws {@link io.chagres.nn.format.FormatException} for whatever it cannot
 * read. Nothing here knows of layers or training, and no file can name code to be run.
 */
package io.chagres.nn.format;
