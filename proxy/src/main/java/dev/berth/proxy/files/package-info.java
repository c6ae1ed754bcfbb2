/**
 * Static sites: an index of a published directory, and what a conditional or range request asks of
 * one file.
 */
@NullMarked
package dev.berth.proxy.files;

import org.jspecify.annotations.NullMarked;
