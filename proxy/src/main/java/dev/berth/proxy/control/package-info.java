/** The link to control: take snapshots, keep the last good one on disk, report. */
@NullMarked
package dev.berth.proxy.control;

import org.jspecify.annotations.NullMarked;
